import { Buffer } from "node:buffer";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ForeignFilesAnswer } from "../../../shared/contracts/datasets.ts";
import { parametersOf, setParameters } from "../../../shared/format/mod.ts";
import { OUTPUTS_TASK_S_MAX, PREDICTIONS_BYTES_MAX } from "../../../shared/limits.ts";
import {
  type Damage,
  datasetFiles,
  type EvaluationFiles,
  evaluationFiles,
  isTemporary,
  makePassage,
  makeResultFolder,
  MODES,
  predictionsFileName,
  preprocessedFolder,
  readPlain,
  type VolumeLayout,
  writeFileAtomic,
  writeJsonAtomic,
} from "../../../shared/volume/mod.ts";
import { CONTAINER_PATHS, type Mount } from "../engine/job.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Model } from "../models/model_catalogue.ts";
import { type KeptOutputs, listOutputs } from "./keep_outputs.ts";
import type { LeftPredictions } from "./list_tasks.ts";
import { createListThread, type ListThread } from "./list_thread.ts";
import { preprocessedData } from "./preprocessed_store.ts";
import { removeTree } from "./remove_tree.ts";
import { requiredViewsOf } from "../models/required_views.ts";
import { openRunLog } from "./run_log.ts";
import { bytesBelow, freeBytes } from "./disk.ts";
import type { Runner } from "../../../shared/site_users.ts";
import { volumeLeftovers } from "./volume_leftovers.ts";
import type { PreparedRun, Workspace } from "./workspace.ts";

/** Location of a workspace, and the owners of what containers write. */
export interface VolumeWorkspaceOptions {
  readonly layout: VolumeLayout;
  /** Absolute path of the folder for preprocessed images. */
  readonly preprocessed: string;
  /** The user that runs a caller's containers. */
  readonly runnerOf: (user: string) => Runner;
  readonly isRoot: boolean;
  readonly damage: Pick<Damage, "quarantine">;
}

export function createVolumeWorkspace(options: VolumeWorkspaceOptions): Workspace {
  const { layout } = options;
  const scratch = (id: string): string => join(layout.work, id);
  const lists = createListThread();
  return {
    async prepare(evaluation, model, dataset, { hidden, parts }): Promise<PreparedRun> {
      const folder = scratch(evaluation.id);
      const prepared = await prepare(evaluation, model, dataset.images_folder, folder, {
        ...options,
        ...{ lists, parts },
      });
      const masks = await maskPaths(hidden, folder);
      return { ...prepared, mounts: [...prepared.mounts, ...masks] };
    },
    ...listMethods(layout, scratch, lists),
    outputs: (evaluation) => listOutputs(filesOf(layout, evaluation)),
    openLog: (evaluation) => openRunLog(filesOf(layout, evaluation).log),
    async keepPredictions(evaluation, { digest }): Promise<string> {
      const bytes = await readPlain(leftPredictions(evaluation, scratch(evaluation.id)));
      if (bytes === null || await sha256(bytes) !== digest) {
        throw new Error("The predictions file was changed after it had been checked");
      }
      const { folder, predictions } = filesOf(layout, evaluation);
      await makeResultFolder(folder);
      await writeFileAtomic(predictions, bytes);
      return predictions;
    },
    keepPartial: (evaluation) => keepPartial(evaluation, scratch(evaluation.id), layout),
    freeBytes: () => freeBytes(layout.results),
    diskUse: (evaluation) =>
      bytesBelow([
        join(scratch(evaluation.id), "predictions"),
        join(scratch(evaluation.id), "parts"),
        preprocessedOf(evaluation, options.preprocessed),
      ]),
    predictionsPath: (evaluation) => filesOf(layout, evaluation).predictions,
    logPath: (evaluation) => filesOf(layout, evaluation).log,
    async writeRecord(evaluation, record): Promise<void> {
      const { folder, record: path } = filesOf(layout, evaluation);
      await makeResultFolder(folder);
      await writeJsonAtomic(path, record);
      const handsOver = options.isRoot && evaluation.seesTruth === true;
      await settle(folder, handsOver ? options.runnerOf(evaluation.user) : null);
    },
    async sweepHalfWritten(evaluation): Promise<void> {
      const { folder } = filesOf(layout, evaluation);
      for await (const { name } of Deno.readDir(folder)) {
        if (isTemporary(name)) await removeTree(join(folder, name));
      }
    },
    dropPreprocessed: (evaluation) => removeTree(preprocessedOf(evaluation, options.preprocessed)),
    sharePreprocessed: (one, other) =>
      preprocessedOf(one, options.preprocessed) === preprocessedOf(other, options.preprocessed),
    discard: (evaluation) => removeTree(filesOf(layout, evaluation).folder),
    clear: (id) => removeTree(scratch(id)),
    ...volumeLeftovers(layout, options.damage),
  };
}

/** Methods that process data lists in a worker thread. */
function listMethods(
  layout: VolumeLayout,
  scratch: (id: string) => string,
  lists: ListThread,
): Pick<
  Workspace,
  "usedImages" | "viewsHint" | "keepOutputs" | "checkPredictions" | "joinParts"
> {
  // A second thread: many maps take long, and other runs must not wait for them.
  const outputs = createListThread(OUTPUTS_TASK_S_MAX * 1000);
  const listOf = ({ request }: Evaluation): ListPlace => listAt(layout, request.dataset);
  return {
    usedImages: (evaluation, images) =>
      lists.ask(listOf(evaluation), "usedImages", { views: requiredViewsOf(evaluation), images }),
    viewsHint: (evaluation) =>
      lists.ask(listOf(evaluation), "viewsHint", { views: requiredViewsOf(evaluation) }),
    checkPredictions(evaluation): Promise<LeftPredictions | null> {
      const path = leftPredictions(evaluation, scratch(evaluation.id));
      const views = requiredViewsOf(evaluation);
      return lists.ask(listOf(evaluation), "checkPredictions", { views, path });
    },
    async joinParts(evaluation): Promise<void> {
      const work = scratch(evaluation.id);
      const folders: string[] = [];
      while (await Deno.stat(partFolder(work, folders.length)).then(() => true, () => false)) {
        folders.push(join(partFolder(work, folders.length), "predictions"));
      }
      const views = requiredViewsOf(evaluation);
      const into = join(work, "predictions");
      await outputs.ask(listOf(evaluation), "joinParts", { views, folders, into });
    },
    keepOutputs(evaluation, declared): Promise<KeptOutputs> {
      const left = join(scratch(evaluation.id), "predictions");
      const { imageNotes } = datasetFiles(layout, evaluation.request.dataset);
      const { lesions, saliencyMaps } = filesOf(layout, evaluation);
      const places = { left, files: { lesions, saliencyMaps }, imageNotes };
      const views = requiredViewsOf(evaluation);
      return outputs.ask(listOf(evaluation), "keepOutputs", { views, declared, places });
    },
  };
}

function keyOf({ id, request }: Evaluation): { id: string; model: string; experiment: string } {
  return { id, model: request.model, experiment: request.experiment };
}

function filesOf(layout: VolumeLayout, evaluation: Evaluation): EvaluationFiles {
  return evaluationFiles(layout, keyOf(evaluation));
}

/** Preprocessed images belong to one dataset, even if experiment and model are the same. */
function preprocessedOf(evaluation: Evaluation, root: string): string {
  return preprocessedFolder(root, keyOf(evaluation), preprocessedData(evaluation));
}

async function keepPartial(
  evaluation: Evaluation,
  scratch: string,
  layout: VolumeLayout,
): Promise<void> {
  const path = leftPredictions(evaluation, scratch);
  const left = await readPlain(path, PREDICTIONS_BYTES_MAX).catch((error) => {
    // A file too large to score is too large to keep.
    if (error instanceof RangeError) return null;
    throw error;
  });
  if (left === null || left.length === 0) return;
  const { folder, partialPredictions } = filesOf(layout, evaluation);
  await makeResultFolder(folder);
  await writeFileAtomic(partialPredictions, left);
}

function leftPredictions(evaluation: Evaluation, scratch: string): string {
  return join(scratch, "predictions", predictionsFileName(keyOf(evaluation)));
}

/** Hashes outside this thread: a file may have hundreds of megabytes. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
}

async function prepare(
  evaluation: Evaluation,
  model: Model,
  imagesFolder: string,
  scratch: string,
  options: VolumeWorkspaceOptions & { readonly lists: ListThread; readonly parts: number },
): Promise<PreparedRun> {
  await removeTree(scratch);
  await Deno.mkdir(join(scratch, "predict"), { recursive: true, mode: 0o755 });
  const predictions = join(scratch, "predictions");
  const preprocessed = preprocessedOf(evaluation, options.preprocessed);
  const runner = options.runnerOf(evaluation.user);
  await makeWritable(predictions, runner, options.isRoot);
  await makeWritable(preprocessed, runner, options.isRoot);
  // The time of last use decides how long the folder is kept.
  await Deno.utime(preprocessed, new Date(), new Date());
  const list = listAt(options.layout, evaluation.request.dataset);
  const { pickle, digest, parts } = await options.lists.ask(list, "writeForContainer", {
    views: requiredViewsOf(evaluation),
    parts: options.parts,
    // A blind run does not get the labels.
    labels: evaluation.request.blind ? "blank" : "open",
  });
  const dataList = await writeDataList(scratch, pickle);
  const environment = join(scratch, "environment.sh");
  await Deno.writeTextFile(environment, RUN_ENVIRONMENT);
  await Deno.chmod(environment, 0o644);
  const parameters = parametersFor(evaluation, model);
  const predictMounts = await copyPredict(model, join(scratch, "predict"), parameters);
  return {
    parameters,
    dataListDigest: digest,
    parts: await Promise.all(parts.map(async (part, at) => {
      const folder = partFolder(scratch, at);
      await makeWritable(join(folder, "predictions"), runner, options.isRoot);
      return dataAndPredictions(await writeDataList(folder, part), join(folder, "predictions"));
    })),
    mounts: [
      { source: imagesFolder, target: CONTAINER_PATHS.images, readOnly: true },
      { source: preprocessed, target: CONTAINER_PATHS.preprocessed, readOnly: false },
      ...dataAndPredictions(dataList, predictions),
      { source: environment, target: CONTAINER_PATHS.environment, readOnly: true },
      ...predictMounts,
    ],
  };
}

/** The folder of one part of a divided run, counted from 0. */
function partFolder(scratch: string, at: number): string {
  return join(scratch, "parts", String(at + 1));
}

async function writeDataList(folder: string, pickle: Uint8Array): Promise<string> {
  const path = join(folder, "data.pkl");
  await Deno.writeFile(path, pickle);
  await Deno.chmod(path, 0o644); // readable by the container's user, whatever the umask
  return path;
}

/** What differs between the parts of a divided run. */
function dataAndPredictions(dataList: string, predictions: string): Mount[] {
  return [
    { source: dataList, target: CONTAINER_PATHS.dataList, readOnly: true },
    { source: predictions, target: CONTAINER_PATHS.predictions, readOnly: false },
  ];
}

/** Hides each path by mounting an empty file or folder over it, after the images folder. */
async function maskPaths(
  hidden: ForeignFilesAnswer["paths"],
  scratch: string,
): Promise<Mount[]> {
  const [file, folder] = [join(scratch, "empty_file"), join(scratch, "empty_folder")];
  await Deno.writeTextFile(file, "");
  await Deno.chmod(file, 0o444);
  await Deno.mkdir(folder);
  await Deno.chmod(folder, 0o555);
  return hidden.map(({ path, isFolder }) => ({
    source: isFolder ? folder : file,
    target: join(CONTAINER_PATHS.images, path),
    readOnly: true,
  }));
}

/** Makes a folder writable for the container's user, no matter which user created it. */
async function makeWritable(
  folder: string,
  runner: Runner,
  isRoot: boolean,
): Promise<void> {
  await makePassage(dirname(folder));
  await Deno.mkdir(folder, { recursive: true });
  if (isRoot && await giveTo(folder, runner)) {
    // Other users of the site's group may evaluate with the same preprocessed images.
    await Deno.chmod(folder, 0o2775);
  } else if (Deno.uid() !== runner.uid) await Deno.chmod(folder, 0o777);
}

/** Changes the owner; false when this machine does not know the user, as root of some sandboxes does not. */
async function giveTo(path: string, owner: Runner): Promise<boolean> {
  try {
    await Deno.chown(path, owner.uid, owner.gid);
    return true;
  } catch (error) {
    // Deno has no error class for chown(2)'s EINVAL for unmapped ids.
    if (error instanceof TypeError && /os error 22\b/.test(error.message)) return false;
    throw error;
  }
}

/** Sets modes and owner of a results folder. No container may write to it: a link would hand over its target. */
async function settle(folder: string, owner: Runner | null): Promise<void> {
  const isGiven = owner !== null && await giveTo(folder, owner);
  const modes = isGiven ? MODES.handedOver : MODES.result;
  await Deno.chmod(folder, modes.folder);
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) await settle(path, owner);
    else if (entry.isFile) {
      await Deno.chmod(path, modes.file);
      if (isGiven) await giveTo(path, owner);
    }
  }
}

/** Location of a data list; a run's list is not cached. */
type ListPlace = Parameters<ListThread["ask"]>[0];

function listAt(layout: VolumeLayout, dataset: string): ListPlace {
  return { path: datasetFiles(layout, dataset).dataList, digest: null };
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

/** Scripts for the metarepository compare with Python's spelling: `True`, `False`. */
function parameterText(value: string | number | boolean): string {
  return typeof value === "boolean" ? (value ? "True" : "False") : String(value);
}

/** Mounts each file by itself, so that the image's files beside it stay visible. */
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
      // latin1 maps each byte to one character, so scripts in Latin-1 and UTF-8 keep their bytes.
      const script = (await readFile(source)).toString("latin1");
      // config.txt may name variables that the script never assigns; like the metarepository, ignore them.
      const assigned = new Set(parametersOf(script).map(({ name }) => name));
      const values = Object.entries(parameters).filter(([name]) => assigned.has(name))
        .map(([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")] as const);
      await writeFile(source, setParameters(script, new Map(values)), "latin1");
    }
    await Deno.chmod(source, 0o755);
    mounts.push({ source, target: join(model.predictPath, file), readOnly: true });
  }
  return mounts;
}
/** Read by bash before predict.sh (`BASH_ENV`): replaces folders that the container's user cannot use. */
const RUN_ENVIRONMENT = `unset BASH_ENV
weights=\${TORCH_HOME:-\${XDG_CACHE_HOME:-\${HOME:-}/.cache}/torch}
usable() { [ -n "$1" ] && mkdir -p "$1" 2>/dev/null && [ -w "$1" ]; }
if [ ! -d "\${HOME:-}" ] || [ ! -w "$HOME" ]; then export HOME=/tmp; fi
usable "\${TMPDIR:-}" || unset TMPDIR
usable "\${XDG_CACHE_HOME:-}" || export XDG_CACHE_HOME="$HOME/.cache"
usable "\${XDG_CONFIG_HOME:-}" || export XDG_CONFIG_HOME="$HOME/.config"
usable "\${MPLCONFIGDIR:-}" || export MPLCONFIGDIR="$XDG_CONFIG_HOME/matplotlib"
usable "\${NUMBA_CACHE_DIR:-}" || export NUMBA_CACHE_DIR="$XDG_CACHE_HOME/numba"
if [ -r "$weights" ] && [ -x "$weights" ]; then export TORCH_HOME="$weights"
else export TORCH_HOME="$XDG_CACHE_HOME/torch"; fi
mkdir -p "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" "$MPLCONFIGDIR" "$NUMBA_CACHE_DIR" "$TORCH_HOME" 2>/dev/null
unset weights; unset -f usable
# The container's user has no entry in the image's /etc/passwd, and some libraries ask for a name.
export USER="\${USER:-mammoeval}" LOGNAME="\${LOGNAME:-mammoeval}"
case "\${LC_ALL:-\${LC_CTYPE:-\${LANG:-}}}" in
  *[Uu][Tt][Ff]8* | *[Uu][Tt][Ff]-8*) ;;
  *)
    unset LC_ALL
    export LANG=C.UTF-8
    # Where an image lacks this locale, every bash would warn of LC_ALL.
    if [ -z "$( { LC_ALL=C.UTF-8; } 2>&1)" ]; then export LC_ALL=C.UTF-8; fi
    ;;
esac
`;
