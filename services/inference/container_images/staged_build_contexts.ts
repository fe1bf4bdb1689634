import { dirname, join, relative } from "node:path";
import type { BuildContext, BuildContexts } from "./build_contexts.ts";
import type { Model } from "../models/model_catalogue.ts";
import { isProgram } from "../models/file_digests.ts";
import { planImages } from "./plan_images.ts";
import type { SiteUsers } from "../../../shared/site_users.ts";

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
 */
export function createStagedBuildContexts(options: StagedBuildContextsOptions): BuildContexts {
  const { users, buildArgs } = options;
  const site = { groupName: users.groupName, usersText: users.text, buildArgs };
  return {
    plan: (model) => planImages(model, site),
    create: (model) => stage(model, options),
    async createBase(base): Promise<BuildContext> {
      const folder = contextFolder(options.workFolder, base.name);
      await copyFolder(base.folder, folder);
      return { folder };
    },
    remove: ({ folder }) => Deno.remove(folder, { recursive: true }),
  };
}

function contextFolder(workFolder: string, name: string): string {
  return join(workFolder, `build-${name}-${crypto.randomUUID().slice(0, 8)}`);
}

async function stage(model: Model, options: StagedBuildContextsOptions): Promise<BuildContext> {
  const { users, workFolder } = options;
  const folder = contextFolder(workFolder, model.name);
  await makeFolder(join(folder, "models"));
  await makeFolder(folder);
  await copyFolder(model.folder, join(folder, "models", model.name));
  await writeFile(join(folder, "users.txt"), users.text, 0o644);
  const script = await Deno.readTextFile(CREATE_USERS_URL);
  await writeFile(join(folder, "create_users.sh"), script, 0o755);
  return { folder };
}

/**
 * COPY takes modes over into the image, where another user than their owner must read them. So they follow
 * from the file alone, whether it is a program, and neither from the umask of whoever checked the folder
 * out nor from ours. The tag of the image counts on it.
 */
async function copyFolder(source: string, destination: string): Promise<void> {
  await makeFolder(destination);
  for await (const entry of Deno.readDir(source)) {
    const from = join(source, entry.name);
    const to = join(destination, entry.name);
    if (entry.isDirectory) await copyFolder(from, to);
    else if (entry.isFile) {
      await Deno.copyFile(from, to);
      await Deno.chmod(to, isProgram(await Deno.stat(from)) ? 0o755 : 0o644);
    } else throw new TypeError(`${relative(dirname(source), from)} is neither a file nor a folder`);
  }
}

/** `mode` of mkdir and open is what the umask leaves of it. */
async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  await Deno.chmod(path, 0o755);
}

async function writeFile(path: string, text: string, mode: number): Promise<void> {
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, mode);
}
