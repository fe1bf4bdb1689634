import type { FolderFindings } from "./inspect_model_folder.ts";
import type { ModelManifest } from "./model_manifest.ts";

export type Device = "gpu" | "cpu";

/** One parameter of a model: config.txt or the request sets it, and predict.sh uses it. */
export interface ModelParameter {
  readonly default: string;
  readonly description: string | null;
}

/** A folder of a base image: it has a `base.json` beside its Dockerfile. */
export interface BaseFolder {
  readonly name: string;
  /** Absolute path; also the build context. */
  readonly folder: string;
  readonly dockerfile: string;
  /** SHA-256 of everything that `docker build` sees. */
  readonly buildVersion: string;
}

export interface Model {
  readonly name: string;
  /** Absolute path of `models/<name>`. */
  readonly folder: string;
  /** Absolute paths of folders of the same name that this one overrides. */
  readonly hides: readonly string[];
  readonly manifest: ModelManifest;
  readonly devices: readonly Device[];
  /** Absolute path of the files of `predict/` in the container. */
  readonly predictPath: string;
  /** Names and defaults, in the order of config.txt. */
  readonly parameters: ReadonlyMap<string, ModelParameter>;
  /** Relative paths of the files in `predict/`. */
  readonly predictFiles: readonly string[];
  readonly dockerfile: string;
  /** The base folder that its Dockerfile builds on, if any. */
  readonly base: BaseFolder | null;
  /** Reference by digest of a prebuilt image; null for a folder. */
  readonly image: string | null;
  /** SHA-256 of all files of the folder and its base; identifies a version of the model. */
  readonly version: string;
  /** SHA-256 of everything that `docker build` sees, base included; a change requires a new image. */
  readonly buildVersion: string;
}

export type ModelLookup =
  | { readonly ok: true; readonly model: Model }
  | { readonly ok: false; readonly reason: "unknown" | "unusable"; readonly message: string };

/** The folder used for a name, and the folders of the same name that it overrides. */
export type ModelFolder = Pick<Model, "name" | "folder" | "hides">;

export interface ModelCatalogue {
  overriding(): readonly ModelFolder[];
  /** Names of all model folders, sorted. */
  names(): Promise<string[]>;
  find(name: string): Promise<ModelLookup>;
  /** Checks a folder's files one by one; null if there is no folder of that name. */
  inspect(name: string): Promise<FolderFindings | null>;
}
