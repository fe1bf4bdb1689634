import type { FolderFindings } from "./inspect_model_folder.ts";
import type { ModelManifest } from "./model_manifest.ts";

/** Device a model may run on. */
export type Device = "gpu" | "cpu";

/** One parameter of a model: set from config.txt and the request, used by predict.sh. */
export interface ModelParameter {
  readonly default: string;
  readonly description: string | null;
}

/** A folder whose image others build on: it has a `base.json` beside its Dockerfile. */
export interface BaseFolder {
  readonly name: string;
  /** Absolute path; the build context is this folder. */
  readonly folder: string;
  /** Text of its Dockerfile. */
  readonly dockerfile: string;
  /** SHA-256 over what `docker build` sees of it. */
  readonly buildVersion: string;
}

/** A model folder, read and understood. */
export interface Model {
  readonly name: string;
  /** Absolute path of `models/<name>`. */
  readonly folder: string;
  /** Absolute paths of folders of the same name that this one is used instead of. */
  readonly hides: readonly string[];
  readonly manifest: ModelManifest;
  /** Devices it may run on; both where nothing is declared. */
  readonly devices: readonly Device[];
  /** Where the files of `predict/` go in the container, absolute. */
  readonly predictPath: string;
  /** Names and defaults, in the order of config.txt. */
  readonly parameters: ReadonlyMap<string, ModelParameter>;
  /** Relative paths of the files in `predict/`. */
  readonly predictFiles: readonly string[];
  /** Text of its Dockerfile. */
  readonly dockerfile: string;
  /** What its Dockerfile builds on, where that is a folder too. */
  readonly base: BaseFolder | null;
  /** The image that it runs in, by digest, where none is built; null for a folder. */
  readonly image: string | null;
  /** SHA-256 over all files of the folder, and its base: names one version of the model. */
  readonly version: string;
  /** SHA-256 over what `docker build` sees, its base included: a change means that a new image is needed. */
  readonly buildVersion: string;
}

/** Looking up a model: found, not there, or there and unusable. */
export type ModelLookup =
  | { readonly ok: true; readonly model: Model }
  | { readonly ok: false; readonly reason: "unknown" | "unusable"; readonly message: string };

/** A folder that is used for a name, and those of the same name that are not. */
export type ModelFolder = Pick<Model, "name" | "folder" | "hides">;

/** The models that this site has. */
export interface ModelCatalogue {
  /** Folders that are used instead of others of the same name, by name. */
  overriding(): readonly ModelFolder[];
  /** Names of all model folders, sorted. */
  names(): Promise<string[]>;
  find(name: string): Promise<ModelLookup>;
  /** Looks at a folder's files one by one; null where there is no folder of that name. */
  inspect(name: string): Promise<FolderFindings | null>;
}
