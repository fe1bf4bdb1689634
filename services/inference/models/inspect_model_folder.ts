import { join } from "node:path";
import { parametersOf, parseConfig } from "../../../shared/format/mod.ts";
import { parseModelManifest } from "./model_manifest.ts";

export interface FolderFindings {
  readonly faults: readonly string[];
  readonly advice: readonly string[];
}

const NEEDED = ["Dockerfile", "config.txt", "predict/predict.sh"] as const;

/** Checks each file of a model folder (absolute path) by itself, so that one fault does not hide others. */
export async function inspectModelFolder(folder: string): Promise<FolderFindings> {
  const texts = new Map<string, string>();
  for (const file of [...NEEDED, "model.json", "README.md"]) {
    const text = await textOf(join(folder, file));
    if (text !== null) texts.set(file, text);
  }
  return inspectModelFiles(texts);
}

/** Reads plain files only: a link may lead anywhere, and a pipe would block. */
async function textOf(path: string): Promise<string | null> {
  try {
    return (await Deno.lstat(path)).isFile ? await Deno.readTextFile(path) : null;
  } catch {
    return null;
  }
}

/** Checks the texts of Dockerfile, config.txt, predict/predict.sh, model.json and README.md that exist. */
export function inspectModelFiles(texts: ReadonlyMap<string, string>): FolderFindings {
  const faults: string[] = NEEDED.filter((file) => !texts.has(file)).map((file) =>
    `${file} is missing`
  );
  const advice: string[] = [];
  const script = texts.get("predict/predict.sh");
  if (script !== undefined) {
    faults.push(...scriptFaults(script));
    // Only advice: a script may use its third argument in ways that no pattern finds.
    if (!/\$(\{)?3\b|\$[@*]|"\$\{@/.test(script)) {
      advice.push("predict/predict.sh does not seem to use $3, where the predictions must go");
    }
  }
  const dockerfile = texts.get("Dockerfile");
  if (dockerfile !== undefined && !/^[ \t]*FROM\s/im.test(dockerfile)) {
    faults.push("Dockerfile has no FROM line");
  }
  if (dockerfile !== undefined && /^[ \t]*(?:ENTRYPOINT|CMD)\s/im.test(dockerfile)) {
    advice.push(
      "Dockerfile sets ENTRYPOINT or CMD, which is not used: bash runs predict.sh; move the setup there",
    );
  }
  const declared = declaredParameters(texts.get("config.txt"), faults);
  if (script !== undefined && declared !== null) {
    faults.push(...parameterFaults(script, declared));
  }
  manifestFindings(texts.get("model.json"), declared, { faults, advice });
  if (!texts.has("README.md")) {
    advice.push("README.md is missing: describe the model and its limits");
  }
  return { faults, advice };
}

function scriptFaults(script: string): string[] {
  const faults: string[] = [];
  if (script.startsWith("\ufeff")) {
    faults.push(
      "predict/predict.sh begins with a byte order mark (BOM), which bash reads as part of the first command: " +
        "save it as UTF-8 without BOM",
    );
  }
  if (script.trim() === "") faults.push("predict/predict.sh is empty");
  if (script.includes("\r\n")) {
    faults.push(
      "predict/predict.sh has Windows line endings, which bash does not accept: save it with LF",
    );
  }
  return faults;
}

function declaredParameters(config: string | undefined, faults: string[]): string[] | null {
  if (config === undefined) return null;
  try {
    return parseConfig(config).parameters.map(({ name }) => name);
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return null;
  }
}

function parameterFaults(script: string, declared: readonly string[]): string[] {
  const assigned = new Set(parametersOf(script).map(({ name }) => name));
  return declared.filter((name) => !assigned.has(name)).map((name) =>
    `config.txt sets ${name}, but predict/predict.sh has no line ${name}=… that uses it`
  );
}

function manifestFindings(
  text: string | undefined,
  declared: readonly string[] | null,
  { faults, advice }: { faults: string[]; advice: string[] },
): void {
  if (text === undefined) {
    advice.push("model.json is missing: level, devices and views are determined or assumed");
    return;
  }
  let manifest;
  try {
    manifest = parseModelManifest(text);
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return;
  }
  for (const name of Object.keys(manifest.parameters ?? {})) {
    if (declared !== null && !declared.includes(name)) {
      faults.push(`model.json describes the parameter ${name}, which config.txt does not set`);
    }
  }
  for (const name of declared ?? []) {
    if (manifest.parameters?.[name] === undefined) {
      advice.push(`model.json does not describe the parameter ${name}`);
    }
  }
  if (manifest.licence === undefined) advice.push("model.json does not state a licence");
  if (manifest.level === undefined) {
    advice.push("model.json does not say the level: image, breast or exam");
  }
  if (manifest.devices === undefined) {
    advice.push("model.json does not state the devices: gpu and cpu are assumed");
  }
}
