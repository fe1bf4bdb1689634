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
import { CONTAINER_PATHS, type Mount } from "../executors/job.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Model } from "../models/model_catalogue.ts";
import { type KeptOutputs, listOutputs } from "./keep_outputs.ts";
import type { LeftPredictions } from "./list_tasks.ts";
import { createListThread, type ListThread } from "./list_thread.ts";
import { preprocessedData } from "./preprocessed_store.ts";
import { removeTree } from "./remove_tree.ts";
import { requiredViewsOf } from "../submission/required_views.ts";
import { openRunLog } from "./run_log.ts";
import { bytesBelow, freeBytes } from "./disk.ts";
import type { Runner } from "../../../shared/site_users.ts";
import { volumeLeftovers } from "./volume_leftovers.ts";
import type { PreparedRun, Workspace } from "./workspace.ts";

/** Where a workspace lies and who owns what containers write. */
export interface VolumeWorkspaceOptions {
  readonly layout: VolumeLayout;
  /** Absolute folder for preprocessed images. */
  readonly preprocessed: string;
  /** Who the containers of a caller run as. */
  readonly runnerOf: (user: string) => Runner;
  /** Whether mammoeval itself is root and can hand files over. */
  readonly isRoot: boolean;
  /** Takes what is not understood. */
  readonly damage: Pick<Damage, "quarantine">;
}

/** A workspace on the results volume. */
export function createVolumeWorkspace(options: VolumeWorkspaceOptions): Workspace {
  const { layout } = options;
  const scratch = (id: string): string => join(layout.work, id);
  const lists = createListThread();
  return {
    async prepare(evaluation, model, dataset, hidden): Promise<PreparedRun> {
      const folder = scratch(evaluation.id);
      const prepared = await prepare(evaluation, model, dataset.images_folder, folder, {
        ...options,
        lists,
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

/** What is done with data lists in a thread. */
function listMethods(
  layout: VolumeLayout,
  scratch: (id: string) => string,
  lists: ListThread,
): Pick<Workspace, "usedImages" | "viewsHint" | "keepOutputs" | "checkPredictions"> {
  // Many maps take long: other runs do not wait for them.
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

/** Images that were preprocessed for one dataset are no other's, though experiment and model are the same. */
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
    // One that is too large to score is too large to keep.
    if (error instanceof RangeError) return null;
    throw error;
  });
  if (left === null || left.length === 0) return;
  const { folder, partialPredictions } = filesOf(layout, evaluation);
  await makeResultFolder(folder);
  await writeFileAtomic(partialPredictions, left);
}

/** The predictions file that a container has written. */
function leftPredictions(evaluation: Evaluation, scratch: string): string {
  return join(scratch, "predictions", predictionsFileName(keyOf(evaluation)));
}

/** Not in this thread: a file may have hundreds of megabytes. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
}

async function prepare(
  evaluation: Evaluation,
  model: Model,
  imagesFolder: string,
  scratch: string,
  options: VolumeWorkspaceOptions & { readonly lists: ListThread },
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
  const list = listAt(options.layout, evaluation.request.dataset);
  const { pickle, digest } = await options.lists.ask(list, "writeForContainer", {
    views: requiredViewsOf(evaluation),
    // A blind run cannot peek.
    labels: evaluation.request.blind ? "blank" : "open",
  });
  await Deno.writeFile(join(scratch, "data.pkl"), pickle);
  await Deno.chmod(join(scratch, "data.pkl"), 0o644); // the container's user reads it, whatever the umask
  const environment = join(scratch, "environment.sh");
  await Deno.writeTextFile(environment, RUN_ENVIRONMENT);
  await Deno.chmod(environment, 0o644);
  const parameters = parametersFor(evaluation, model);
  const predictMounts = await copyPredict(model, join(scratch, "predict"), parameters);
  return {
    parameters,
    dataListDigest: digest,
    mounts: [
      { source: imagesFolder, target: CONTAINER_PATHS.images, readOnly: true },
      { source: preprocessed, target: CONTAINER_PATHS.preprocessed, readOnly: false },
      { source: join(scratch, "data.pkl"), target: CONTAINER_PATHS.dataList, readOnly: true },
      { source: predictions, target: CONTAINER_PATHS.predictions, readOnly: false },
      { source: environment, target: CONTAINER_PATHS.environment, readOnly: true },
      ...predictMounts,
    ],
  };
}

/** Puts something empty in the place of each path: it is mounted after the images folder. */
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

/** The container's user must be able to write here, whoever made the folder. */
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
 * Gives everything in a folder of results its mode, and its owner where that is not the service. Only for folders
 * that no container can write into: a link planted there would give away what it points to.
 */
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

/** Where a data list lies; what is read for a run is not kept. */
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
      // One character a byte: a script in Latin-1 keeps its bytes, and so does one in UTF-8.
      const script = (await readFile(source)).toString("latin1");
      // config.txt may name what the script never assigns: the metarepository ignores that too.
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
/**
 * What bash reads before predict.sh (`BASH_ENV`): what a model may rely on where its image says nothing of it, or says
 * something that the container's user cannot use. What an image has set up for good, weights below `TORCH_HOME` say,
 * stays.
 */
const RUN_ENVIRONMENT = `unset BASH_ENV
if [ ! -d "\${HOME:-}" ] || [ ! -w "$HOME" ]; then export HOME=/tmp; fi
export XDG_CACHE_HOME="\${XDG_CACHE_HOME:-$HOME/.cache}"
export XDG_CONFIG_HOME="\${XDG_CONFIG_HOME:-$HOME/.config}"
export MPLCONFIGDIR="\${MPLCONFIGDIR:-$XDG_CONFIG_HOME/matplotlib}"
export NUMBA_CACHE_DIR="\${NUMBA_CACHE_DIR:-$XDG_CACHE_HOME/numba}"
export TORCH_HOME="\${TORCH_HOME:-$XDG_CACHE_HOME/torch}"
mkdir -p "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" "$MPLCONFIGDIR" "$NUMBA_CACHE_DIR" "$TORCH_HOME" 2>/dev/null
# The container's user has no entry in the image's /etc/passwd, and some libraries ask for a name.
export USER="\${USER:-mammoeval}" LOGNAME="\${LOGNAME:-mammoeval}"
case "\${LC_ALL:-\${LC_CTYPE:-\${LANG:-}}}" in
  *[Uu][Tt][Ff]8* | *[Uu][Tt][Ff]-8*) ;;
  *) export LANG=C.UTF-8 LC_ALL=C.UTF-8 ;;
esac
`;
