import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { SLUG_PATTERN } from "../../../shared/contracts/common.ts";
import { parseConfig } from "../../../shared/format/mod.ts";
import { MODEL_FILE_BYTES_MAX, MODEL_FILES_MAX } from "../../../shared/limits.ts";
import type {
  BaseFolder,
  Device,
  Model,
  ModelCatalogue,
  ModelLookup,
  ModelParameter,
} from "./model_catalogue.ts";
import { type FolderFindings, inspectModelFolder } from "./inspect_model_folder.ts";
import { parseModelManifest } from "./model_manifest.ts";

/**
 * Models as folders; read anew at each look, so that a folder dropped in is there at once.
 *
 * @param roots absolute folders that hold model folders; the first that has a name wins
 */
export function createFolderModelCatalogue(roots: readonly string[]): ModelCatalogue {
  async function find(name: string): Promise<ModelLookup> {
    const folder = SLUG_PATTERN.test(name) ? await folderOf(name, roots) : null;
    if (folder === null) {
      const known = await namesIn(roots);
      return {
        ok: false,
        reason: "unknown",
        message: `There is no model ${JSON.stringify(name)}: this site has ${
          known.join(", ") || "none"
        }`,
      };
    }
    try {
      return { ok: true, model: await readModel(name, folder, roots) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ok: false, reason: "unusable", message: `Model ${name} cannot be used: ${message}` };
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
  return { names: () => namesIn(roots), find, inspect };
}

/** Tells a folder that others build on from a model. */
const BASE_MARK = "base.json";

async function namesIn(roots: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for (const root of roots) {
    for (const { name } of await listFolder(root)) {
      if (SLUG_PATTERN.test(name) && await isModelFolder(join(root, name))) names.add(name);
    }
  }
  return [...names].sort();
}

async function isModelFolder(folder: string): Promise<boolean> {
  return await isFile(join(folder, "Dockerfile")) && !await isFile(join(folder, BASE_MARK));
}

async function folderOf(name: string, roots: readonly string[]): Promise<string | null> {
  for (const root of roots) {
    const folder = join(root, name);
    if (await isModelFolder(folder)) return folder;
  }
  return null;
}

/** A base lies in the folder that holds the model's, or in any other that holds models. */
async function readBase(name: string, roots: readonly string[]): Promise<BaseFolder> {
  for (const root of roots) {
    const folder = join(root, name);
    if (!await isFile(join(folder, BASE_MARK))) continue;
    const dockerfile = await textOf(join(folder, "Dockerfile"));
    if (dockerfile === null) throw new SyntaxError(`its base ${name} has no Dockerfile`);
    const files = (await filesBelow(folder)).filter((file) => !/^README|_test\.\w+$/.test(file));
    return { name, folder, dockerfile, buildVersion: combined(await digestsOf(folder, files)) };
  }
  throw new SyntaxError(
    `model.json names the base ${name}, and no folder of models has it: put it beside the model's`,
  );
}

async function readModel(
  name: string,
  folder: string,
  roots: readonly string[],
): Promise<Model> {
  // First of all, so that nothing is read through a link, or waited for in a pipe.
  const files = await filesBelow(folder);
  const manifest = parseModelManifest(await textOf(join(folder, "model.json")));
  const config = await textOf(join(folder, "config.txt"));
  if (config === null) throw new SyntaxError("config.txt is missing");
  if (!await isFile(join(folder, "predict", "predict.sh"))) {
    throw new SyntaxError("predict/predict.sh is missing");
  }
  const { predictPath, parameters } = parseConfig(config);
  const digests = await digestsOf(folder, files);
  const dockerfile = await textOf(join(folder, "Dockerfile")) ?? "";
  const base = manifest.base === undefined
    ? null
    : await readBase(manifest.base, [dirname(folder), ...roots]);
  const baseDigests: [string, string][] = base === null ? [] : [["base", base.buildVersion]];
  return {
    name,
    folder,
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
      ...digests.filter(([file]) => concernsBuild(file, dockerfile)),
      ...baseDigests,
    ]),
  };
}

/** Parameters are what config.txt sets; what only predict.sh assigns is the script's own business. */
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

/** What is copied in only when a container runs does not change its image, unless the Dockerfile takes it. */
function concernsBuild(file: string, dockerfile: string): boolean {
  const runTimeOnly = /^(predict\/|config\.txt$|model\.json$|README)/.test(file);
  return !runTimeOnly || /predict|config\.txt|model\.json|README/.test(dockerfile) ||
    takesFolders(dockerfile);
}

/** Files of a build context that are not the model's, and so never a model's folder. */
const SITE_FILES = /^(\.\/)?(users\.txt|create_users\.sh)$/;

/** Whether any COPY or ADD takes more than the files that each context has beside the models. */
function takesFolders(dockerfile: string): boolean {
  const instructions = dockerfile.replaceAll(/\\\r?\n/g, " ").matchAll(
    /^\s*(?:COPY|ADD)\s+(.*)$/gim,
  );
  return [...instructions].some(([, rest]) => {
    const words = rest!.trim().split(/[\s,[\]"]+/).filter((word) => word !== "");
    if (words.some((word) => word.startsWith("--from="))) return false;
    const sources = words.filter((word) => !word.startsWith("--")).slice(0, -1);
    return !sources.every((source) => SITE_FILES.test(source));
  });
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    for (const entry of await listFolder(current)) {
      const path = join(current, entry.name);
      if (entry.isSymlink) {
        throw new TypeError(`${relative(folder, path)} is a link: put the file itself there`);
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

async function digestsOf(folder: string, files: readonly string[]): Promise<[string, string][]> {
  const digests: [string, string][] = [];
  for (const file of files) {
    const path = join(folder, file);
    const { size } = await Deno.stat(path);
    if (size > MODEL_FILE_BYTES_MAX) {
      throw new RangeError(
        `${file} is over ${MODEL_FILE_BYTES_MAX} bytes: fetch weights in the Dockerfile`,
      );
    }
    digests.push([file, createHash("sha256").update(await Deno.readFile(path)).digest("hex")]);
  }
  return digests;
}

function combined(digests: readonly (readonly [string, string])[]): string {
  return createHash("sha256").update(digests.map((pair) => pair.join(" ")).join("\n")).digest(
    "hex",
  );
}

async function listFolder(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
