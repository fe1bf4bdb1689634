import type { ModelBuild, ModelCheck } from "../../../shared/contracts/models.ts";

/** Where the latest piece of work on each model is kept. */
export interface KeptWork<T> {
  /** The latest on that model, or null. */
  get(model: string): T | null;
  /** Takes the place of the one before. */
  put(model: string, state: T): void;
  /** The latest on every model. */
  all(): readonly { readonly model: string; readonly state: T }[];
}

/** What is asked for of a model, and kept until it is asked for again. */
export interface ModelWork {
  readonly builds: KeptWork<ModelBuild>;
  readonly checks: KeptWork<ModelCheck>;
}
