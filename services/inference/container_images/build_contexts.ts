import type { BaseFolder, Model } from "../models/model_catalogue.ts";
import type { ImagePlans } from "./plan_images.ts";

/** A folder for `docker build`, as the metarepository's Dockerfiles expect it. */
export interface BuildContext {
  /** Absolute path; contains `users.txt`, `create_users.sh` and `models/<name>/`. */
  readonly folder: string;
}

/** Creates and removes build contexts. */
export interface BuildContexts {
  /** Tags and arguments of the images that a model needs. */
  plan(model: Model): ImagePlans;
  create(model: Model): Promise<BuildContext>;
  /** Creates the context of a base folder: a copy of it. */
  createBase(base: BaseFolder): Promise<BuildContext>;
  remove(context: BuildContext): Promise<void>;
}
