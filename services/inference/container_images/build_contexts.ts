import { dirname, join, relative } from "node:path";
import type { BaseFolder, Model } from "../models/model_catalogue.ts";
import { isProgram } from "../models/file_digests.ts";
import { type ImagePlans, planImages } from "./plan_images.ts";
import type { SiteUsers } from "../../../shared/site_users.ts";

/** A folder for `docker build`, as the metarepository's Dockerfiles expect it. */
export interface BuildContext {
  /** Absolute path; contains `users.txt`, `create_users.sh` and `models/<name>/`. */
  readonly folder: string;
}

export interface BuildContexts {
  /** Tags and arguments of the images that a model needs. */
  plan(model: Model): ImagePlans;
  create(model: Model): Promise<BuildContext>;
  /** Creates the context of a base folder: a copy of it. */
  createBase(base: BaseFolder): Promise<BuildContext>;
  remove(context: BuildContext): Promise<void>;
}

export interface StagedBuildContextsOptions {
  readonly workFolder: string;
  readonly users: SiteUsers;
  /** Build arguments of the site, for Dockerfiles that declare them. */
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** Creates the users of users.txt in an image; the metarepository's Dockerfiles run it as `./create_users.sh`. */
const CREATE_USERS_URL = new URL("./create_users.sh", import.meta.url);

/** Build contexts are copies, so that a build neither writes to the model's folder nor sees more of the site. */
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

/** COPY preserves modes and the tag relies on them, so they depend only on whether a file is executable. */
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

/** The umask limits the `mode` of mkdir and open, so chmod sets it. */
async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  await Deno.chmod(path, 0o755);
}

async function writeFile(path: string, text: string, mode: number): Promise<void> {
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, mode);
}
