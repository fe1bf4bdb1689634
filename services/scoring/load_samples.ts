import type { Level, LevelReport, ScoreReport } from "../../shared/contracts/scores.ts";
import {
  completeExams,
  type Exam,
  type Sample,
  type View,
  VIEWS,
} from "../../shared/domain/mod.ts";
import { dataListFormatOf, readDataList } from "../../shared/format/mod.ts";
import { predictionsFileName } from "../../shared/volume/mod.ts";
import { alignLevels } from "./align_levels.ts";
import { sha256 } from "./content.ts";
import { readSamples } from "./samples_csv.ts";
import type { ScoreStore } from "./score_store.ts";
import type { NamedExam } from "../../shared/subgroups/mod.ts";

/** Samples of one level of a score, or one sentence why there are none. */
export type LoadedSamples =
  | { readonly ok: true; readonly samples: readonly Sample[] }
  | { readonly ok: false; readonly reason: string };

/** What of a report leads to its samples. */
export type SampledReport =
  & Pick<ScoreReport, "id" | "dataset" | "model" | "experiment" | "evaluation" | "provenance">
  & {
    readonly levels: {
      readonly [L in Level]?: Pick<LevelReport, "count" | "undefined"> | undefined;
    };
  };

/** Where samples and the truth are read. */
export type SampleSource = Pick<ScoreStore, "file" | "dataList">;

const DATA_LIST_FILES = ["data_list.pkl", "data_list.json", "data_list.csv"];

/**
 * Reads the samples that a score rests on. Where they were not kept they are made again from
 * predictions and truth, if both are still what they were.
 */
export async function loadSamples(
  report: SampledReport,
  level: Level,
  store: SampleSource,
): Promise<LoadedSamples> {
  const of = report.levels[level];
  if (of === undefined || of.count === 0) {
    const why = of?.undefined ??
      (level === "exam" ? "it was made by an earlier version; score the predictions again" : null);
    const reason = `Score ${report.id} has no ${level} level${why === null ? "" : `: ${why}`}`;
    return { ok: false, reason };
  }
  const kept = await keptSamples(report, level, store);
  if (kept !== null) return { ok: true, samples: kept };
  const predictions = await predictionsOf(report, store);
  if (predictions === null || sha256(predictions) !== report.provenance["predictions_sha256"]) {
    return gone(report, "its predictions have changed");
  }
  const exams = await loadExams(report, store);
  if (exams === null) return gone(report, "its dataset has changed");
  const aligned = alignLevels(exams, predictions);
  if (!aligned.ok) return gone(report, aligned.errors[0]!.message);
  return { ok: true, samples: aligned.samples[level]! };
}

/** What is damaged counts as not kept: what is made again is the same, or nothing. */
async function keptSamples(
  report: SampledReport,
  level: Level,
  store: SampleSource,
): Promise<readonly Sample[] | null> {
  try {
    const bytes = await store.file(report.id, `${level}_samples.csv`);
    if (bytes === null) return null;
    const samples = readSamples(new TextDecoder().decode(bytes));
    return samples.length === report.levels[level]?.count ? samples : null;
  } catch {
    return null;
  }
}

async function predictionsOf(
  report: SampledReport,
  store: SampleSource,
): Promise<Uint8Array | null> {
  const { model, experiment } = report;
  const name = report.evaluation === null || model === null || experiment === null
    ? "predictions.csv"
    : predictionsFileName({ model, experiment });
  return await store.file(report.id, name);
}

/**
 * Reads the exams that a score is of, with their truth and all their keys.
 *
 * @returns the exams; null where they are not what they were, or cannot be read
 */
export async function loadExams(
  report: SampledReport,
  store: SampleSource,
): Promise<readonly Exam[] | null> {
  return await readExams(report, store).catch(() => null);
}

async function readExams(
  report: SampledReport,
  store: SampleSource,
): Promise<readonly Exam[] | null> {
  if (report.dataset !== null) {
    const list = await store.dataList(report.dataset);
    if (list === null || list.digest !== report.provenance["dataset_digest"]) return null;
    const content = await Deno.readFile(list.file.path);
    const { exams } = readDataList(content, "pkl", { entries: false });
    return completeExams(exams, requiredViews(report));
  }
  for (const name of DATA_LIST_FILES) {
    const bytes = await store.file(report.id, name);
    if (bytes !== null) {
      return readDataList(bytes, dataListFormatOf(name), { entries: false }).exams;
    }
  }
  return null;
}

/** Views without which the model could not score an exam; such exams are not in the report. */
function requiredViews({ provenance }: Pick<SampledReport, "provenance">): View[] {
  const views = provenance["required_views"];
  return VIEWS.filter((view) => Array.isArray(views) && views.includes(view));
}

/**
 * The exams of a score as far as subgroups go: with their keys where the dataset is still what it was,
 * by name alone elsewhere; a side table can be joined to those too.
 */
export async function loadNamedExams(
  report: SampledReport,
  samples: readonly Sample[],
  store: SampleSource,
): Promise<readonly NamedExam[]> {
  const known = await loadExams(report, store);
  if (known !== null) return known;
  const ids = new Map(samples.map(({ examIndex, exam }) => [examIndex, exam]));
  return [...ids].map(([index, id]) => ({ index, id, extras: {} }));
}

function gone({ id }: Pick<SampledReport, "id">, why: string): LoadedSamples {
  return {
    ok: false,
    reason: `The samples of score ${id} are missing or damaged and cannot be created again: ${why}`,
  };
}
