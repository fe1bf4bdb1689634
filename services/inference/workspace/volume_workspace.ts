import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { type Exam, missingViews } from "../../../shared/domain/mod.ts";
import {
  parametersOf,
  readDataList,
  setParameters,
  writeDataList,
} from "../../../shared/format/mod.ts";
import { PREDICTIONS_BYTES_MAX } from "../../../shared/limits.ts";
import {
  datasetFiles,
  type EvaluationFiles,
  evaluationFiles,
  predictionsFileName,
  preprocessedFolder,
  readPlain,
  TEMPORARY_ENDING,
  type VolumeLayout,
  writeFileAtomic,
  writeJsonAtomic,
} from "../../../shared/volume/mod.ts";
import { CONTAINER_PATHS, type Mount } from "../executors/job.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Model } from "../models/model_catalogue.ts";
import { removeTree } from "./remove_tree.ts";
import { requiredViewsOf } from "../submission/required_views.ts";
import { openRunLog } from "./run_log.ts";
import { bytesBelow, freeBytes } from "./disk.ts";
import type { Runner } from "./site_users.ts";
import type { LeftPredictions, PreparedRun, Workspace } from "./workspace.ts";

/** Where a workspace lies and who owns what containers write. */
export interface VolumeWorkspaceOptions {
  readonly layout: VolumeLayout;
  /** Absolute folder for preprocessed images. */
  readonly preprocessed: string;
  /** Who the containers of a caller run as. */
  readonly runnerOf: (user: string) => Runner;
  /** Whether mammoeval itself is root and can hand files over. */
  readonly isRoot: boolean;
}

/**
 * A workspace on the results volume.
 *
 * @param options layout, preprocessed folder, the containers' user
 */
export function createVolumeWorkspace(options: VolumeWorkspaceOptions): Workspace {
  const { layout } = options;
  const scratch = (id: string): string => join(layout.work, id);
  const leaseOf = ({ request, id }: Evaluation): string => join(layout.leases, request.dataset, id);
  return {
    prepare: (evaluation, model, dataset) =>
      prepare(evaluation, model, dataset.images_folder, scratch(evaluation.id), options),
    async exams(dataset): Promise<readonly Exam[]> {
      return readDataList(await Deno.readFile(datasetFiles(layout, dataset).dataList), "pkl").exams;
    },
    openLog: (evaluation) => openRunLog(filesOf(layout, evaluation).log),
    leftPredictions: (evaluation) =>
      readPredictionsFile(
        join(scratch(evaluation.id), "predictions", predictionsFileName(keyOf(evaluation))),
      ),
    async keepPredictions(evaluation, { text }): Promise<string> {
      const { folder, predictions } = filesOf(layout, evaluation);
      await Deno.mkdir(folder, { recursive: true });
      await writeFileAtomic(predictions, text);
      return predictions;
    },
    keepPartial: (evaluation) => keepPartial(evaluation, scratch(evaluation.id), layout),
    freeBytes: () => freeBytes(layout.results),
    diskUse: (evaluation) =>
      bytesBelow([
        join(scratch(evaluation.id), "predictions"),
        preprocessedOf(evaluation, options.preprocessed),
      ]),
    predictionsPath: (evaluation) => filesOf(layout, evaluation).predictions,
    logPath: (evaluation) => filesOf(layout, evaluation).log,
    async writeRecord(evaluation, record): Promise<void> {
      const { folder, record: path } = filesOf(layout, evaluation);
      await Deno.mkdir(folder, { recursive: true });
      await writeJsonAtomic(path, record);
      if (options.isRoot) await giveAway(folder, options.runnerOf(evaluation.user));
    },
    async sweepHalfWritten(evaluation): Promise<void> {
      const { folder } = filesOf(layout, evaluation);
      for await (const { name } of Deno.readDir(folder)) {
        if (name.endsWith(TEMPORARY_ENDING)) await removeTree(join(folder, name));
      }
    },
    dropPreprocessed: (evaluation) => removeTree(preprocessedOf(evaluation, options.preprocessed)),
    sharePreprocessed: (one, other) =>
      preprocessedOf(one, options.preprocessed) === preprocessedOf(other, options.preprocessed),
    discard: (evaluation) => removeTree(filesOf(layout, evaluation).folder),
    clear: (id) => removeTree(scratch(id)),
    sweep: (keep) => sweep(layout.work, keep),
    async lease(evaluation): Promise<void> {
      await Deno.mkdir(dirname(leaseOf(evaluation)), { recursive: true });
      await Deno.writeTextFile(leaseOf(evaluation), "");
    },
    release: (evaluation) => removeTree(leaseOf(evaluation)),
    async keepLeases(evaluations): Promise<void> {
      await Deno.mkdir(layout.leases, { recursive: true });
      for await (const { name } of Deno.readDir(layout.leases)) {
        await sweep(join(layout.leases, name), evaluations);
      }
    },
  };
}

function keyOf({ id, request }: Evaluation): { id: string; model: string; experiment: string } {
  return { id, model: request.model, experiment: request.experiment };
}

function filesOf(layout: VolumeLayout, evaluation: Evaluation): EvaluationFiles {
  return evaluationFiles(layout, keyOf(evaluation));
}

/** Images that were preprocessed for one dataset are no other's, though experiment and model are the same. */
function preprocessedOf(evaluation: Evaluation, root: string): string {
  const digest = evaluation.provenance["dataset_digest"];
  return preprocessedFolder(root, keyOf(evaluation), String(digest ?? evaluation.request.dataset));
}

async function keepPartial(
  evaluation: Evaluation,
  scratch: string,
  layout: VolumeLayout,
): Promise<void> {
  const left = await readPredictionsFile(
    join(scratch, "predictions", predictionsFileName(keyOf(evaluation))),
  ).catch((error) => {
    // One that is too large to score is too large to keep.
    if (error instanceof RangeError) return null;
    throw error;
  });
  if (left === null || left.text === "") return;
  const { folder, partialPredictions } = filesOf(layout, evaluation);
  await Deno.mkdir(folder, { recursive: true });
  await writeFileAtomic(partialPredictions, left.text);
}

async function prepare(
  evaluation: Evaluation,
  model: Model,
  imagesFolder: string,
  scratch: string,
  options: VolumeWorkspaceOptions,
): Promise<PreparedRun> {
  await removeTree(scratch);
  await Deno.mkdir(join(scratch, "predict"), { recursive: true, mode: 0o755 });
  const predictions = join(scratch, "predictions");
  const preprocessed = preprocessedOf(evaluation, options.preprocessed);
  const runner = options.runnerOf(evaluation.user);
  await makeWritable(predictions, runner, options.isRoot);
  await makeWritable(preprocessed, runner, options.isRoot);
  // When it was last used decides how long it stays.
  await Deno.utime(preprocessed, new Date(), new Date());
  const dataListDigest = await writeContainerDataList(
    evaluation,
    join(scratch, "data.pkl"),
    options.layout,
  );
  const parameters = parametersFor(evaluation, model);
  const predictMounts = await copyPredict(model, join(scratch, "predict"), parameters);
  return {
    parameters,
    dataListDigest,
    mounts: [
      { source: imagesFolder, target: CONTAINER_PATHS.images, readOnly: true },
      { source: preprocessed, target: CONTAINER_PATHS.preprocessed, readOnly: false },
      { source: join(scratch, "data.pkl"), target: CONTAINER_PATHS.dataList, readOnly: true },
      { source: predictions, target: CONTAINER_PATHS.predictions, readOnly: false },
      ...predictMounts,
    ],
  };
}

/** The container's user must be able to write here, whoever made the folder. */
async function makeWritable(
  folder: string,
  runner: Runner,
  isRoot: boolean,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  if (isRoot && await giveTo(folder, runner)) {
    // Other users of the site's group may evaluate with the same preprocessed images.
    await Deno.chmod(folder, 0o2775);
  } else if (Deno.uid() !== runner.uid) await Deno.chmod(folder, 0o777);
}

/**
 * Gives a file or folder away. Root of a user namespace that knows no such user, as some sandboxes are,
 * cannot, and need not: no container of another user runs there.
 *
 * @returns false when this machine does not know the user
 */
async function giveTo(path: string, owner: Runner): Promise<boolean> {
  try {
    await Deno.chown(path, owner.uid, owner.gid);
    return true;
  } catch (error) {
    // EINVAL of chown(2) for ids without a mapping has no class of its own in Deno.
    if (error instanceof TypeError && /os error 22\b/.test(error.message)) return false;
    throw error;
  }
}

/**
 * What a root process has written belongs to who asked for it. Only for folders that no container can
 * write into: a link planted there would give away what it points to.
 */
async function giveAway(folder: string, owner: Runner): Promise<void> {
  await giveTo(folder, owner);
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) await giveAway(path, owner);
    else if (entry.isFile) await giveTo(path, owner);
  }
}

/** Labels are blanked unless the request says otherwise: a blind run cannot peek. */
async function writeContainerDataList(
  evaluation: Evaluation,
  path: string,
  layout: VolumeLayout,
): Promise<string> {
  const list = readDataList(
    await Deno.readFile(datasetFiles(layout, evaluation.request.dataset).dataList),
    "pkl",
  );
  const views = requiredViewsOf(evaluation);
  const entries = list.entries.filter((_, index) =>
    missingViews(list.exams[index]!, views).length === 0
  );
  const pickle = writeDataList({ entries }, {
    labels: evaluation.request.blind ? "blank" : "keep",
  });
  await Deno.writeFile(path, pickle, { mode: 0o644 });
  return createHash("sha256").update(pickle).digest("hex");
}

function parametersFor(evaluation: Evaluation, model: Model): Record<string, string> {
  const asked = evaluation.request.parameters;
  return Object.fromEntries(
    [...model.parameters].map(([name, { default: preset }]) => [
      name,
      Object.hasOwn(asked, name) ? parameterText(asked[name]!) : preset,
    ]),
  );
}

/** Scripts written for the metarepository compare with Python's spelling: `True`, `False`. */
function parameterText(value: string | number | boolean): string {
  return typeof value === "boolean" ? (value ? "True" : "False") : String(value);
}

/** Each file is put into the container by itself, so that what the image has beside it stays visible. */
async function copyPredict(
  model: Model,
  destination: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const file of model.predictFiles) {
    const source = join(destination, file);
    await Deno.mkdir(dirname(source), { recursive: true });
    await Deno.copyFile(join(model.folder, "predict", file), source);
    if (file === "predict.sh") {
      const script = await Deno.readTextFile(source);
      // config.txt may name what the script never assigns: the metarepository ignores that too.
      const assigned = new Set(parametersOf(script).map(({ name }) => name));
      const values = Object.entries(parameters).filter(([name]) => assigned.has(name));
      await Deno.writeTextFile(source, setParameters(script, new Map(values)));
    }
    await Deno.chmod(source, 0o755);
    mounts.push({ source, target: join(model.predictPath, file), readOnly: true });
  }
  return mounts;
}

async function readPredictionsFile(path: string): Promise<LeftPredictions | null> {
  // A link could lead anywhere on the host: what a container leaves is only ever a plain file.
  const bytes = await readPlain(path, PREDICTIONS_BYTES_MAX);
  return bytes === null ? null : {
    // With a byte order mark, if it has one: what is kept is what was written.
    text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
    digest: createHash("sha256").update(bytes).digest("hex"),
  };
}

async function sweep(workFolder: string, keep: ReadonlySet<string>): Promise<void> {
  await Deno.mkdir(workFolder, { recursive: true });
  for await (const { name } of Deno.readDir(workFolder)) {
    if (!keep.has(name)) await removeTree(join(workFolder, name));
  }
}
