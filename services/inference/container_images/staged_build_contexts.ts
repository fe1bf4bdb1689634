import { dirname, join, relative } from "node:path";
import type { BuildContext, BuildContexts } from "./build_contexts.ts";
import type { Model } from "../models/model_catalogue.ts";
import { planImages } from "./plan_images.ts";
import type { SiteUsers } from "../workspace/site_users.ts";

/** What goes into every build context. */
export interface StagedBuildContextsOptions {
  /** Absolute folder for the contexts. */
  readonly workFolder: string;
  readonly users: SiteUsers;
  /** Build arguments of the site, given to the Dockerfiles that declare them. */
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** Makes the users of users.txt in an image; metarepository Dockerfiles run it as `./create_users.sh`. */
const CREATE_USERS_URL = new URL("./create_users.sh", import.meta.url);

/**
 * Build contexts as copies below the work folder: the model's own folder is never written, and
 * nothing else of the site gets into an image.
 *
 * @param options work folder, users, build arguments
 */
export function createStagedBuildContexts(options: StagedBuildContextsOptions): BuildContexts {
  const { users, buildArgs } = options;
  const site = { groupName: users.groupName, usersText: users.text, buildArgs };
  return {
    plan: (model) => planImages(model, site),
    create: (model) => stage(model, options),
    remove: ({ folder }) => Deno.remove(folder, { recursive: true }),
  };
}

async function stage(model: Model, options: StagedBuildContextsOptions): Promise<BuildContext> {
  const { users } = options;
  const folder = join(options.workFolder, `build-${model.name}-${crypto.randomUUID().slice(0, 8)}`);
  await copyFolder(model.folder, join(folder, "models", model.name));
  await Deno.writeTextFile(join(folder, "users.txt"), users.text);
  await Deno.writeTextFile(
    join(folder, "create_users.sh"),
    await Deno.readTextFile(CREATE_USERS_URL),
    {
      mode: 0o755,
    },
  );
  return { folder };
}

async function copyFolder(source: string, destination: string): Promise<void> {
  await Deno.mkdir(destination, { recursive: true });
  for await (const entry of Deno.readDir(source)) {
    const from = join(source, entry.name);
    const to = join(destination, entry.name);
    if (entry.isDirectory) await copyFolder(from, to);
    else if (entry.isFile) await Deno.copyFile(from, to);
    else throw new TypeError(`${relative(dirname(source), from)} is neither a file nor a folder`);
  }
}
