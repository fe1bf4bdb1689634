import type { Model } from "./model_catalogue.ts";

/** A folder for `docker build` as the metarepository's Dockerfiles expect it. */
export interface BuildContext {
  /** Absolute path; holds `users.txt`, `create_users.sh` and `models/<name>/`. */
  readonly folder: string;
  /** `GROUPNAME`, and those of the site's arguments that the Dockerfile declares. */
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** Makes build contexts and clears them away. */
export interface BuildContexts {
  create(model: Model): Promise<BuildContext>;
  remove(context: BuildContext): Promise<void>;
}
