import type { ModelBuild, ModelCheck } from "../../../shared/contracts/models.ts";

/** Stores the latest work of one kind on each model. */
export interface KeptWork<T> {
  /** The latest work on a model, or null. */
  get(model: string): T | null;
  /** Replaces the previous work. */
  put(model: string, state: T): void;
  /** The latest work on every model. */
  all(): readonly { readonly model: string; readonly state: T }[];
}

/** Builds and checks of models; each is kept until the next one. */
export interface ModelWork {
  readonly builds: KeptWork<ModelBuild>;
  readonly checks: KeptWork<ModelCheck>;
}
