import type { BaseFolder, Model } from "../models/model_catalogue.ts";
import type { ImagePlans } from "./plan_images.ts";

/** A folder for `docker build` as the metarepository's Dockerfiles expect it. */
export interface BuildContext {
  /** Absolute path; holds `users.txt`, `create_users.sh` and `models/<name>/`. */
  readonly folder: string;
}

/** Makes build contexts and clears them away. */
export interface BuildContexts {
  /** Tags and arguments of the images that a model needs. */
  plan(model: Model): ImagePlans;
  create(model: Model): Promise<BuildContext>;
  /** Makes the context of a folder that models build on: a copy of it. */
  createBase(base: BaseFolder): Promise<BuildContext>;
  remove(context: BuildContext): Promise<void>;
}
