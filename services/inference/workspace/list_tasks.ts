import { createHash } from "node:crypto";
import {
  alignPredictions,
  completeExams,
  missingViews,
  tellsTruth,
  VIEWS,
} from "../../../shared/domain/mod.ts";
import type { Exam, Fault, View } from "../../../shared/domain/mod.ts";
import { readDataList, readPredictions, writeDataList } from "../../../shared/format/mod.ts";
import type { DataList } from "../../../shared/format/mod.ts";
import { FAULTS_LISTED_MAX, PREDICTIONS_BYTES_MAX } from "../../../shared/limits.ts";
import {
  LAST_BYTES,
  readPlain,
  readStored,
  StoredFileDamaged,
} from "../../../shared/volume/mod.ts";
import { checkExams, type ExamsAnswer, type ExamsQuestion } from "./check_exams.ts";
import { undeclaredViewsHint } from "../models/required_views.ts";
import { boundsOf, joinParts } from "./join_parts.ts";
import { keepOutputs, type KeptOutputs, type Output, type OutputPlaces } from "./keep_outputs.ts";

/** Views that an exam needs to be evaluated; exams without them are left out. */
interface EvaluatedExams {
  readonly views: readonly View[];
}

/** Predictions that a run wrote. */
export interface LeftPredictions extends PredictionsCheck {
  /** SHA-256 of the file. */
  readonly digest: string;
}

interface WrittenLists {
  readonly pickle: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the pickle. */
  readonly digest: string;
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

/** Tasks on data lists that a worker thread can do: inputs and results can be sent between threads. */
export const LIST_TASKS = {
  checkRequest: ({ exams }: DataList, question: ExamsQuestion): ExamsAnswer =>
    checkExams(exams, question),

  /** The list that a container sees, as a pickle, and those of the parts if it is divided. */
  writeForContainer(
    { entries, exams }: DataList,
    { views, labels, parts = 1 }: EvaluatedExams & {
      readonly labels: "blank" | "open";
      readonly parts?: number;
    },
  ): WrittenLists {
    const seen = entries.filter((_, index) => missingViews(exams[index]!, views).length === 0);
    const write = (some: typeof entries): Uint8Array<ArrayBuffer> =>
      writeDataList({ entries: some }, { labels });
    const pickle = write(seen);
    const digest = createHash("sha256").update(pickle).digest("hex");
    const count = Math.min(parts, seen.length);
    return {
      ...{ pickle, digest },
      parts: parts === 1
        ? []
        : Array.from({ length: count }, (_, at) =>
          write(seen.slice(...boundsOf(seen.length, count, at)))),
    };
  },

  /** Joins what the parts of a run wrote. */
  joinParts: (
    { exams }: DataList,
    { views, folders, into }: EvaluatedExams & {
      readonly folders: readonly string[];
      readonly into: string;
    },
  ): Promise<void> => joinParts(folders, completeExams(exams, views).length, into),

  /** Checks a container's predictions file; null if there is none. Throws a RangeError if it is too large. */
  async checkPredictions(
    { exams }: DataList,
    { views, path }: EvaluatedExams & { readonly path: string },
  ): Promise<LeftPredictions | null> {
    // Read only a plain file: a link could lead anywhere on the host.
    const bytes = await readPlain(path, PREDICTIONS_BYTES_MAX);
    if (bytes === null) return null;
    const digest = createHash("sha256").update(bytes).digest("hex");
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return { digest, ...checkPredictions(text, completeExams(exams, views)) };
  },

  /** The images among these that belong to evaluated exams. */
  usedImages(
    { exams }: DataList,
    { views, images }: EvaluatedExams & { readonly images: readonly string[] },
  ): readonly string[] {
    const used = new Set(
      completeExams(exams, views).flatMap((exam) => VIEWS.flatMap((view) => exam.images[view])),
    );
    return images.filter((image) => used.has(image));
  },

  viewsHint: ({ exams }: DataList, { views }: EvaluatedExams): string =>
    undeclaredViewsHint(completeExams(exams, views)),

  keepOutputs: (
    { exams }: DataList,
    { views, declared, places }: EvaluatedExams & {
      readonly declared: readonly Output[];
      readonly places: OutputPlaces;
    },
  ): Promise<KeptOutputs> => keepOutputs(declared, completeExams(exams, views), places),
};

export type ListTask = keyof typeof LIST_TASKS;

export type ListInput<K extends ListTask> = Parameters<(typeof LIST_TASKS)[K]>[1];

export type ListResult<K extends ListTask> = Awaited<ReturnType<(typeof LIST_TASKS)[K]>>;

export interface ListOrder<K extends ListTask = ListTask> {
  /** Absolute path of the list, a pickle. */
  readonly path: string;
  /** Changes with the list; null if unknown. */
  readonly digest: string | null;
  readonly task: K;
  readonly input: ListInput<K>;
}

/** Reads the list for a task; throws {@link StoredFileDamaged} if it cannot be read. */
export async function readListOf({ path, task }: Omit<ListOrder, "input">): Promise<DataList> {
  const bytes = await readStored(path, LAST_BYTES.pickle);
  try {
    return readDataList(bytes, "pkl", { entries: task === "writeForContainer" });
  } catch (error) {
    throw new StoredFileDamaged(path, error instanceof Error ? error.message : String(error));
  }
}

export async function doListTask<K extends ListTask>(
  list: DataList,
  { task, input }: Pick<ListOrder<K>, "task" | "input">,
): Promise<ListResult<K>> {
  const work = LIST_TASKS[task] as (
    list: DataList,
    input: ListInput<K>,
  ) => ListResult<K> | Promise<ListResult<K>>;
  return await work(list, input);
}

export interface PredictionsCheck {
  /** Number of faults that prevent scoring; 0 means that the file can be scored. */
  readonly total: number;
  /** The first {@linkcode FAULTS_LISTED_MAX} of them. */
  readonly errors: readonly Fault[];
  /** The first {@linkcode WARNINGS_LISTED_MAX} warnings that reveal nothing about the labels. */
  readonly warnings: readonly Fault[];
}

const WARNINGS_LISTED_MAX = 20;

/** Checks predictions before scoring: columns, numbers, and a row for each image or breast of the list. */
export function checkPredictions(text: string, exams: readonly Exam[]): PredictionsCheck {
  const read = readPredictions(text, exams);
  const aligned = read.predictions === null || read.errors.length > 0
    ? read
    : alignPredictions(exams, read.predictions);
  const warnings = aligned === read ? read.warnings : [...read.warnings, ...aligned.warnings];
  return {
    total: aligned.errors.length,
    errors: aligned.errors.slice(0, FAULTS_LISTED_MAX),
    // The model's author reads these and must not learn whether a label is right.
    warnings: warnings.filter((warning) => !tellsTruth(warning)).slice(0, WARNINGS_LISTED_MAX),
  };
}
