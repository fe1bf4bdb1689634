import { pauseFor } from "../../shared/async.ts";
import { SLUG_PATTERN } from "../../shared/contracts/common.ts";
import type { ImageCheck, ImportProgress } from "../../shared/contracts/datasets.ts";
import { LOCAL_CALLER, type Log } from "../../shared/http/mod.ts";
import { isDiskFull } from "../../shared/volume/mod.ts";
import type { DatasetStore, StoredDataset } from "./dataset_store.ts";
import { createImportQueue, type ImportKind, type ImportQueue } from "./import_queue.ts";
import type { ImportRunner } from "./import_runner.ts";
import { contentDifference, markedOrigin } from "./same_content.ts";
import type { ContentDependencies, SubmittedContent } from "./same_content.ts";

export interface DatasetSubmission extends SubmittedContent {
  readonly name: string;
  readonly check: ImageCheck;
  /** Moves images to the dataset's own folder, which does not exist yet. */
  readonly fillImages?: (folder: string) => Promise<void>;
  /** Stores what else the import needs, under the dataset's id. */
  readonly keep?: (id: string) => Promise<void>;
}

export type Registration =
  | { readonly outcome: "registered" | "same"; readonly dataset: StoredDataset }
  /** The name belongs to a dataset with other content. */
  | { readonly outcome: "other"; readonly dataset: StoredDataset; readonly difference: string };

/** Registers datasets and supervises their imports. */
export interface DatasetRegistry {
  /** Stores a submission and queues its import, or returns the dataset of that name. A rejected dataset is replaced. */
  register(submission: DatasetSubmission, user?: string): Promise<Registration>;
  /** Returns the dataset with this id, else with this name, with its import progress; or null. */
  get(idOrName: string): Promise<StoredDataset | null>;
  settled(id: string, seconds: number): Promise<void>;
  remove(id: string): Promise<"removed" | "in_use" | "missing">;
  resume(): Promise<void>;
  /** Cancels imports; the next `resume` continues them. */
  stop(): Promise<void>;
}

export interface RegistryDependencies extends ContentDependencies {
  readonly runner: ImportRunner;
  readonly log: Log;
}

/** Creates a registry; call `resume` once at the start. */
export function createDatasetRegistry(dependencies: RegistryDependencies): DatasetRegistry {
  const { store } = dependencies;
  const queue = createImportQueue((id, onProgress, signal) =>
    followImport(id, dependencies, onProgress, signal)
  );
  // Keyed lock: concurrent requests may free, take and remove the same name.
  const exclusively = createExclusive();

  async function register(
    submission: DatasetSubmission,
    user = LOCAL_CALLER.user,
  ): Promise<Registration> {
    const origin = await markedOrigin(submission, dependencies.contentKey);
    const taken = await exclusively(baseOf(submission.name), async () => {
      const existing = await findByName(store, submission.name);
      // A rejected dataset is useless: the corrected one takes its place and name.
      if (existing !== null && existing.status !== "rejected") return existing;
      if (existing !== null) await store.remove(existing.id);
      const registered = await storeNew({ ...submission, origin }, user, store);
      queue.add(registered.id, kindOf(registered));
      return { registered };
    });
    if ("registered" in taken) return { outcome: "registered", dataset: taken.registered };
    const hasPlace = origin.place !== undefined && origin.place === taken.origin.place;
    if (!hasPlace) await queue.settled(taken.id, SETTLE_S);
    const dataset = await get(taken.id);
    if (dataset === null || dataset.status === "rejected") return await register(submission, user);
    const difference = await contentDifference(dataset, submission, origin, dependencies);
    return difference === null
      ? { outcome: "same", dataset }
      : { outcome: "other", dataset, difference };
  }

  async function get(idOrName: string): Promise<StoredDataset | null> {
    const dataset = await findByName(store, idOrName);
    return dataset === null ? null : withProgress(dataset, queue.progress(dataset.id));
  }

  async function remove(idOrName: string): Promise<"removed" | "in_use" | "missing"> {
    const id = (await findByName(store, idOrName))?.id;
    if (id === undefined) return "missing";
    return await exclusively(id, async () => {
      if (await store.get(id) === null) return "missing";
      if ((await store.leases(id)).length > 0) return "in_use";
      await queue.breakOff(id);
      return await store.remove(id) ? "removed" : "in_use";
    });
  }

  return {
    register,
    get,
    settled: (id, seconds) => queue.settled(id, seconds),
    remove,
    resume: () => resumeImports(store, queue),
    stop: () => queue.stop(),
  };
}

/** Seconds that a registration waits for the import of the dataset with the same name, to compare them. */
const SETTLE_S = 60;

/** Returns the dataset with this id, else the oldest with this name. */
async function findByName(store: DatasetStore, idOrName: string): Promise<StoredDataset | null> {
  const dataset = SLUG_PATTERN.test(idOrName) ? await store.get(idOrName) : null;
  if (dataset !== null) return dataset;
  const wanted = idOrName.normalize("NFC");
  for (const id of await store.ids()) {
    const one = await store.get(id);
    if (one?.name === wanted) return one;
  }
  return null;
}

/** Claims the name as id if it is a valid folder name, else its ASCII form; numbered on a clash. */
async function claimId(store: DatasetStore, name: string): Promise<string> {
  const base = baseOf(name);
  for (let number = 1;; number++) {
    const id = number === 1 ? base : `${base.slice(0, 56)}-${number}`;
    if (await store.claim(id)) return id;
  }
}

/** Letters that are not a plain letter with marks. */
const ASCII_OF_LETTER: Readonly<Record<string, string>> = {
  ...{ ß: "ss", ø: "o", æ: "ae", œ: "oe", ł: "l", đ: "d" },
};

function baseOf(name: string): string {
  if (SLUG_PATTERN.test(name)) return name;
  const plain = name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase()
    .replaceAll(/[ßøæœłđ]/g, (letter) => ASCII_OF_LETTER[letter]!);
  const slug = plain.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "").slice(0, 60);
  return slug === "" ? "dataset" : slug;
}

/** Stores a submission under a new id; removes everything on failure. */
async function storeNew(
  submission: DatasetSubmission,
  user: string,
  store: DatasetStore,
): Promise<StoredDataset> {
  const id = await claimId(store, submission.name);
  try {
    const dataset = newDataset(id, submission, user, store);
    await submission.fillImages?.(dataset.images_folder);
    await submission.keep?.(id);
    const { source } = submission;
    if (source !== null) {
      if (source.tables !== undefined) await store.putTables(id, source.tables);
      await store.putSource(id, source.format, source.path);
    }
    await store.put(dataset);
    return dataset;
  } catch (error) {
    await store.remove(id).catch(() => {});
    throw error;
  }
}

function newDataset(
  id: string,
  { name, imagesFolder, origin, check, release }: DatasetSubmission,
  user: string,
  store: DatasetStore,
): StoredDataset {
  return {
    id,
    name,
    status: "importing",
    exams: 0,
    breasts: 0,
    images: 0,
    malignant_breasts: 0,
    digest: null,
    images_folder: imagesFolder ?? store.imagesFolder(id),
    check,
    ...(release === undefined ? {} : { release }),
    progress: { done: 0, total: 0 },
    warnings: [],
    warnings_total: 0,
    errors: [],
    errors_total: 0,
    created_at: new Date().toISOString(),
    origin: { ...origin, user },
  };
}

function kindOf({ origin }: StoredDataset): ImportKind {
  return {
    user: origin.user ?? LOCAL_CALLER.user,
    isFromPacs: origin.kind === "dicom" && origin.isFromPacs === true,
  };
}

/** A dataset has its recorded status only once its import has stored everything; until then it is `importing`. */
function withProgress(dataset: StoredDataset, progress: ImportProgress | null): StoredDataset {
  return progress === null ? dataset : { ...dataset, status: "importing", progress };
}

/** Runs an import to its end. Never rejects: failures are recorded, or else logged. */
async function followImport(
  id: string,
  dependencies: RegistryDependencies,
  onProgress: (progress: ImportProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { store, runner, log } = dependencies;
  for (;;) {
    try {
      await runner.run(id, onProgress, signal);
      const { status, exams, images, errors_total } = (await store.get(id))!;
      return log.info("import ended", { dataset: id, status, exams, images, errors: errors_total });
    } catch (error) {
      if (signal.aborted) return;
      if (!isDiskFull(error)) return await giveUp(id, error, dependencies);
    }
    log.warn("the volume is full: the import continues when there is space", { dataset: id });
    onProgress({ stage: "waiting", done: 0, total: 0 });
    await pauseFor(ROOM_LOOK_MS, signal);
    // Only readings that end the service count, and this one did not.
    await store.forgetReadings(id);
  }
}

const ROOM_LOOK_MS = 5000;

/** Marks the dataset as rejected so that it is not stuck; if that fails, the next start tries again. */
async function giveUp(
  id: string,
  error: unknown,
  { store, log }: RegistryDependencies,
): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  log.error("import failed", { dataset: id, error: reason });
  try {
    const dataset = await store.get(id);
    if (dataset?.status === "importing") {
      await store.put(brokenOff(dataset, reason));
      await store.endImport(id);
    }
  } catch (cause) {
    log.error("a failed import could not be recorded", { dataset: id, error: String(cause) });
  }
}

function brokenOff(dataset: StoredDataset, reason: string): StoredDataset {
  const message = `The import failed: ${reason}. Register the dataset again`;
  const fault = { exam: null, view: null, image: null, code: "import_failed", message };
  return { ...dataset, status: "rejected", errors: [fault], errors_total: 1 };
}

async function resumeImports(store: DatasetStore, queue: ImportQueue): Promise<void> {
  for (const id of await store.ids()) {
    const dataset = await store.get(id);
    if (dataset?.status === "importing") queue.add(id, kindOf(dataset));
  }
}

/** Creates a keyed lock: `work` runs after all earlier work for the same id, whether that succeeded or not. */
function createExclusive(): <T>(id: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (id, work) => {
    const turn = (last.get(id) ?? Promise.resolve()).then(work, work);
    last.set(id, turn);
    try {
      return await turn;
    } finally {
      if (last.get(id) === turn) last.delete(id);
    }
  };
}
