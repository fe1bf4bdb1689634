import { trimEndOf } from "../../../shared/trim_end_of.ts";
import { createHash } from "node:crypto";
import type { Model } from "../models/model_catalogue.ts";

export interface ImagePlan {
  /** Tag; it changes with the Dockerfile, the arguments and the base. */
  readonly tag: string;
  /** Build arguments that the Dockerfile declares. */
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** The images that a model needs: its base, if any, and its own. */
export interface ImagePlans {
  readonly base: ImagePlan | null;
  readonly model: ImagePlan;
}

export interface BuildSite {
  readonly groupName: string;
  readonly usersText: string;
  /** Given only to Dockerfiles that declare them. */
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** Computes tags and arguments of a model's images. Pure: reads no files. */
export function planImages(model: Model, site: BuildSite): ImagePlans {
  const base = model.base === null ? null : planBase(model.base, site);
  const buildArgs = {
    GROUPNAME: site.groupName,
    ...declared(model.dockerfile, site.buildArgs),
    ...(base === null ? {} : { BASE_IMAGE: base.tag }),
  };
  // Images that contain the site's users change when the users change.
  const users = /users\.txt/.test(model.dockerfile) ? [site.usersText, site.groupName] : [];
  const version = hash([model.buildVersion, argumentsText(model.dockerfile, buildArgs), ...users]);
  return { base, model: { tag: tagOf(model.name, version), buildArgs } };
}

function planBase(base: NonNullable<Model["base"]>, site: BuildSite): ImagePlan {
  const buildArgs = declared(base.dockerfile, site.buildArgs);
  const version = hash([base.buildVersion, argumentsText(base.dockerfile, buildArgs)]);
  return { tag: tagOf(base.name, version), buildArgs };
}

export function declaredArguments(dockerfile: string): Set<string> {
  const instructions = instructionsOf(dockerfile).map((line) => /^\s*ARG\s(.*)$/i.exec(line)?.[1]);
  return new Set(
    instructions.filter((rest) => rest !== undefined).flatMap((rest) =>
      [...rest.replaceAll(/"[^"]*"|'[^']*'/g, "").matchAll(/(?:^|\s)([A-Za-z_]\w*)/g)]
        .map(([, name]) => name!)
    ),
  );
}

/** Joins continued lines (ending in the escape character) to one line per instruction; drops comments and here-documents. */
function instructionsOf(dockerfile: string): string[] {
  const all = dockerfile.replace(/^\ufeff/, "").split(/\r?\n/).map((line) => line.trimEnd());
  const directives = all.slice(0, all.findIndex((line) => !line.startsWith("#")));
  const escape = directives.some((line) => /^#\s*escape\s*=\s*`/i.test(line)) ? "`" : "\\";
  const instructions: string[] = [];
  let open = false;
  let ends: string[] = [];
  for (const line of all) {
    if (ends.length > 0) {
      // With `<<-`, tabs may precede the word that ends it.
      if (line.replace(/^\t+/, "") === ends[0]) ends = ends.slice(1);
      continue;
    }
    // Neither a comment nor an empty line ends a continued instruction.
    if (/^\s*#/.test(line) || (open && line === "")) continue;
    const goesOn = line.endsWith(escape);
    const text = goesOn ? line.slice(0, -1) : line;
    instructions.push(open ? `${instructions.pop()} ${text}` : text);
    open = goesOn;
    if (open || !/^\s*(?:RUN|COPY|ADD)\s/i.test(instructions.at(-1)!)) continue;
    ends = [...instructions.at(-1)!.matchAll(/<<-?["']?([A-Za-z_]\w*)["']?/g)].map(([, word]) =>
      word!
    );
  }
  return instructions;
}

/** Arguments that a Dockerfile need not declare (docker build, "predefined ARGs"). */
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

/** The arguments that can change the image: all Dockerfiles get GROUPNAME, but few use it. */
function argumentsText(dockerfile: string, buildArgs: Readonly<Record<string, string>>): string {
  const names = declaredArguments(dockerfile);
  // A proxy does not change the image, unless the Dockerfile declares it.
  return JSON.stringify(Object.entries(buildArgs).filter(([name]) => names.has(name)).sort());
}

/** Docker requires lower case, single separators, and no separator at the end; folder names need not comply. */
function tagOf(name: string, version: string): string {
  const lower = trimEndOf(name.toLowerCase(), "._-").replaceAll(/[._-]{2,}/g, "-");
  return `mammoeval/${lower}:${version.slice(0, 16)}`;
}

/** Part of every tag: in images of version 1, file modes depended on the umask. */
const CONTEXT_VERSION = "2";

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify([CONTEXT_VERSION, ...parts])).digest("hex");
}
