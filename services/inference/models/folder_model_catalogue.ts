import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { SLUG_PATTERN } from "../../../shared/contracts/common.ts";
import { parseConfig } from "../../../shared/format/mod.ts";
import {
  BASE_MARK,
  isFile,
  isModelFolder,
  listFolder,
  modelNames,
} from "../../../shared/model_folders.ts";
import { MODEL_FILE_BYTES_MAX, MODEL_FILES_MAX } from "../../../shared/limits.ts";
import type {
  BaseFolder,
  Device,
  Model,
  ModelCatalogue,
  ModelFolder,
  ModelLookup,
  ModelParameter,
} from "./model_catalogue.ts";
import { createFileDigests, isProgram } from "./file_digests.ts";
import { type FolderFindings, inspectModelFolder } from "./inspect_model_folder.ts";
import { type ModelManifest, parseModelManifest } from "./model_manifest.ts";

/** Models as folders, read again for each lookup. The first root with a name wins, even if unusable there. */
export function createFolderModelCatalogue(roots: readonly string[]): ModelCatalogue {
  const digestOf = createFileDigests();
  async function find(name: string): Promise<ModelLookup> {
    const [folder, ...hides] = SLUG_PATTERN.test(name) ? foldersOf(name, roots) : [];
    if (folder === undefined) {
      const known = modelNames(roots);
      return {
        ok: false,
        reason: "unknown",
        message: `There is no model ${JSON.stringify(name)}: this site has ${
          known.join(", ") || "none"
        }`,
      };
    }
    try {
      const model = await readModel({ name, folder, hides }, { roots, digestOf });
      return { ok: true, model };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `Model ${name} in ${folder} cannot be used: ${reason}`;
      return { ok: false, reason: "unusable", message };
    }
  }
  async function inspect(name: string): Promise<FolderFindings | null> {
    if (!SLUG_PATTERN.test(name)) return null;
    for (const root of roots) {
      const folder = join(root, name);
      const info = await Deno.stat(folder).catch(() => null);
      if (info?.isDirectory) return await inspectModelFolder(folder);
    }
    return null;
  }
  function overriding(): ModelFolder[] {
    return modelNames(roots).flatMap((name) => {
      const [folder, ...hides] = foldersOf(name, roots);
      return folder === undefined || hides.length === 0 ? [] : [{ name, folder, hides }];
    });
  }
  return { names: () => Promise.resolve(modelNames(roots)), overriding, find, inspect };
}

function foldersOf(name: string, roots: readonly string[]): string[] {
  return [...new Set(roots)].map((root) => join(root, name)).filter(isModelFolder);
}

interface CatalogueRoots {
  readonly roots: readonly string[];
  readonly digestOf: (path: string) => Promise<string>;
}

/** A base lies beside the model's folder, or in any other root. */
async function readBase(name: string, { roots, digestOf }: CatalogueRoots): Promise<BaseFolder> {
  for (const root of roots) {
    const folder = join(root, name);
    if (!isFile(join(folder, BASE_MARK))) continue;
    const files = filesBelow(folder).filter((file) => !/^README|_test\.\w+$/.test(file));
    const dockerfile = textOf(join(folder, "Dockerfile"));
    if (dockerfile === null) throw new SyntaxError(`its base ${name} has no Dockerfile`);
    const digests = await digestsOf(folder, files, digestOf);
    return { name, folder, dockerfile, buildVersion: combined(digests) };
  }
  throw new SyntaxError(
    `model.json names the base ${name}, but no model folder has this name: put it beside the model's folder`,
  );
}

async function readModel(
  { name, folder, hides }: ModelFolder,
  { roots, digestOf }: CatalogueRoots,
): Promise<Model> {
  // List the files first: it rejects links, and pipes that would block a read.
  const files = filesBelow(folder);
  const manifest = manifestOf(folder, hides);
  const config = textOf(join(folder, "config.txt"));
  if (config === null) throw new SyntaxError("config.txt is missing");
  if (!isFile(join(folder, "predict", "predict.sh"))) {
    throw new SyntaxError("predict/predict.sh is missing");
  }
  const { predictPath, parameters } = parseConfig(config);
  const digests = await digestsOf(folder, files, digestOf);
  const dockerfile = textOf(join(folder, "Dockerfile")) ?? "";
  const base = manifest.base === undefined
    ? null
    : await readBase(manifest.base, { roots: [dirname(folder), ...roots], digestOf });
  const baseDigests: [string, string][] = base === null ? [] : [["base", base.buildVersion]];
  return {
    name,
    folder,
    hides,
    manifest,
    devices: manifest.devices ?? (["gpu", "cpu"] satisfies Device[]),
    predictPath,
    parameters: describedParameters(parameters, manifest.parameters ?? {}),
    predictFiles: files.filter((file) => file.startsWith("predict/")).map((file) =>
      file.slice("predict/".length)
    ),
    dockerfile,
    base,
    image: null,
    version: combined([...digests, ...baseDigests]),
    buildVersion: combined([
      ...digests.filter(([file]) => concernsBuild(file, withoutComments(dockerfile))),
      ...baseDigests,
    ]),
  };
}

/** Reads model.json. A folder without one (metarepository) takes devices and views of the folder it hides. */
function manifestOf(folder: string, hides: readonly string[]): ModelManifest {
  const own = textOf(join(folder, "model.json"));
  if (own !== null) return parseModelManifest(own);
  for (const hidden of hides) {
    const text = textOf(join(hidden, "model.json"));
    if (text === null) continue;
    const { devices, views } = parseModelManifest(text);
    return { ...(devices && { devices }), ...(views && { views }) };
  }
  return {};
}

/** Parameters are what config.txt sets; others that predict.sh assigns are not listed. */
function describedParameters(
  declared: readonly { name: string; value: string }[],
  descriptions: Readonly<Record<string, { description: string }>>,
): Map<string, ModelParameter> {
  return new Map(
    declared.map(({ name, value }) => [
      name,
      { default: value, description: descriptions[name]?.description ?? null },
    ]),
  );
}

/** Files that are used only at run time do not change the image, unless the Dockerfile copies them. */
function concernsBuild(file: string, dockerfile: string): boolean {
  const runTimeOnly = /^(predict\/|config\.txt$|model\.json$|published\.json$|README)/.test(file);
  return !runTimeOnly || /predict|config\.txt|model\.json|README/.test(dockerfile) ||
    takesFolders(dockerfile);
}

/** Drops comments, because a file named in a comment is not copied. */
function withoutComments(dockerfile: string): string {
  return dockerfile.replaceAll(/^[ \t]*#.*$/gm, "");
}

/** Files of a build context that belong to the site, not the model. */
const SITE_FILES = /^(\.\/)?(users\.txt|create_users\.sh)$/;

/** Whether any COPY or ADD takes more than the site's files. */
function takesFolders(dockerfile: string): boolean {
  const instructions = dockerfile.replaceAll(/\\\r?\n/g, " ").matchAll(
    /^[ \t]*(?:COPY|ADD)[ \t](.*)$/gim,
  );
  return [...instructions].some(([, rest]) => {
    const words = rest!.trim().split(/[\s,[\]"]+/).filter((word) => word !== "");
    if (words.some((word) => word.startsWith("--from="))) return false;
    const sources = words.filter((word) => !word.startsWith("--")).slice(0, -1);
    return !sources.every((source) => SITE_FILES.test(source));
  });
}

function filesBelow(folder: string): string[] {
  const found: string[] = [];
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    for (const entry of listFolder(current)) {
      const path = join(current, entry.name);
      if (entry.isSymlink) {
        throw new TypeError(`${relative(folder, path)} is a link: replace it with the file`);
      }
      if (entry.isDirectory) waiting.push(path);
      else if (entry.isFile) found.push(relative(folder, path));
      else {throw new TypeError(
          `${relative(folder, path)} is neither a file nor a folder: remove it`,
        );}
      if (found.length > MODEL_FILES_MAX) {
        throw new RangeError(`it has over ${MODEL_FILES_MAX} files`);
      }
    }
  }
  return found.sort();
}

async function digestsOf(
  folder: string,
  files: readonly string[],
  digestOf: CatalogueRoots["digestOf"],
): Promise<[string, string][]> {
  const digests: [string, string][] = [];
  for (const file of files) {
    const path = join(folder, file);
    const info = Deno.statSync(path);
    const { size } = info;
    if (size > MODEL_FILE_BYTES_MAX) {
      throw new RangeError(
        `${file} is over ${MODEL_FILE_BYTES_MAX} bytes: fetch weights in the Dockerfile`,
      );
    }
    // The mode of programs is copied into the image.
    digests.push([file, `${await digestOf(path)}${isProgram(info) ? " program" : ""}`]);
  }
  return digests;
}

function combined(digests: readonly (readonly [string, string])[]): string {
  return createHash("sha256").update(digests.map((pair) => pair.join(" ")).join("\n")).digest(
    "hex",
  );
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
