import { trimEndOf } from "../../../shared/trim_end_of.ts";
import { createHash } from "node:crypto";
import type { Model } from "../models/model_catalogue.ts";

/** One image to be built. */
export interface ImagePlan {
  /** Names the image; another Dockerfile, argument or base is another tag. */
  readonly tag: string;
  /** Arguments that the Dockerfile declares and gets. */
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** What a model's image takes: its base's first, where it has one. */
export interface ImagePlans {
  readonly base: ImagePlan | null;
  readonly model: ImagePlan;
}

/** What a site has to say to builds. */
export interface BuildSite {
  readonly groupName: string;
  /** Content of users.txt. */
  readonly usersText: string;
  /** Arguments for the Dockerfiles that declare them. */
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** Works out tags and arguments of the images that a model needs. Pure: nothing is looked at. */
export function planImages(model: Model, site: BuildSite): ImagePlans {
  const base = model.base === null ? null : planBase(model.base, site);
  const buildArgs = {
    GROUPNAME: site.groupName,
    ...declared(model.dockerfile, site.buildArgs),
    ...(base === null ? {} : { BASE_IMAGE: base.tag }),
  };
  // Images that have the site's users in them are others when those change.
  const users = /users\.txt/.test(model.dockerfile) ? [site.usersText, site.groupName] : [];
  const version = hash([model.buildVersion, argumentsText(model.dockerfile, buildArgs), ...users]);
  return { base, model: { tag: tagOf(model.name, version), buildArgs } };
}

function planBase(base: NonNullable<Model["base"]>, site: BuildSite): ImagePlan {
  const buildArgs = declared(base.dockerfile, site.buildArgs);
  const version = hash([base.buildVersion, argumentsText(base.dockerfile, buildArgs)]);
  return { tag: tagOf(base.name, version), buildArgs };
}

/** @returns names of the build arguments that it declares */
export function declaredArguments(dockerfile: string): Set<string> {
  const instructions = instructionsOf(dockerfile).map((line) => /^\s*ARG\s(.*)$/i.exec(line)?.[1]);
  return new Set(
    instructions.filter((rest) => rest !== undefined).flatMap((rest) =>
      [...rest.replaceAll(/"[^"]*"|'[^']*'/g, "").matchAll(/(?:^|\s)([A-Za-z_]\w*)/g)]
        .map(([, name]) => name!)
    ),
  );
}

/** One line an instruction: lines that end in the escape character go on, comments in between do not count. */
function instructionsOf(dockerfile: string): string[] {
  const all = dockerfile.replace(/^\ufeff/, "").split(/\r?\n/).map((line) => line.trimEnd());
  const directives = all.slice(0, all.findIndex((line) => !line.startsWith("#")));
  const escape = directives.some((line) => /^#\s*escape\s*=\s*`/i.test(line)) ? "`" : "\\";
  const lines = all.filter((line) => !/^\s*#/.test(line));
  const instructions: string[] = [];
  let open = false;
  for (const line of lines) {
    const goesOn = line.endsWith(escape);
    const text = goesOn ? line.slice(0, -1) : line;
    // An empty line does not end an instruction that goes on.
    if (open && line === "") continue;
    if (open) instructions.push(`${instructions.pop()} ${text}`);
    else instructions.push(text);
    open = goesOn;
  }
  return instructions;
}

/** Arguments that every Dockerfile has without declaring them (docker build, "predefined ARGs"). */
const PREDEFINED = /^(?:(?:HTTP|HTTPS|FTP|NO|ALL)_PROXY|(?:http|https|ftp|no|all)_proxy)$/;

function declared(
  dockerfile: string,
  buildArgs: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = declaredArguments(dockerfile);
  return Object.fromEntries(
    Object.entries(buildArgs).filter(([name]) => names.has(name) || PREDEFINED.test(name)),
  );
}

/** What of the arguments changes the image: GROUPNAME is given to all and used by few. */
function argumentsText(dockerfile: string, buildArgs: Readonly<Record<string, string>>): string {
  const names = declaredArguments(dockerfile);
  // A proxy is a way, not a part, unless the Dockerfile takes it up by name.
  return JSON.stringify(Object.entries(buildArgs).filter(([name]) => names.has(name)).sort());
}

/** Docker wants lower case, single separators, and none at the end; a folder's name may have them. */
function tagOf(name: string, version: string): string {
  const lower = trimEndOf(name.toLowerCase(), "._-").replaceAll(/[._-]{2,}/g, "-");
  return `mammoeval/${lower}:${version.slice(0, 16)}`;
}

/** Part of every tag: images of another number had the modes that a umask gave their files. */
const CONTEXT_VERSION = "2";

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify([CONTEXT_VERSION, ...parts])).digest("hex");
}
