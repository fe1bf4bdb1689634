import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT } from "./command_line/mod.ts";
import { NEW_MODEL, type NewModelArguments } from "./commands/new_model.ts";
import type { Console } from "./console.ts";
import { Failure } from "./failure.ts";
import { type Outcome, runCommand } from "./run_command.ts";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../..");
/** The template; `__NAME__` in it stands for the model's name. */
const SKELETON = join(PROJECT, "cli", "new_model");

/**
 * Creates a model folder that passes the contribution check; returns its files' relative paths.
 * @throws {Deno.errors.AlreadyExists} if the folder exists
 */
export async function makeModelFolder(name: string, folder: string): Promise<string[]> {
  await Deno.mkdir(dirname(folder), { recursive: true });
  await Deno.mkdir(folder);
  const files = [
    ...["Dockerfile", "README.md", "config.txt", "model.json"],
    ...["predict/predict.py", "predict/predict.sh"],
  ];
  for (const file of files) {
    const text = (await Deno.readTextFile(join(SKELETON, file))).replaceAll("__NAME__", name);
    await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
    await Deno.writeTextFile(join(folder, file), text);
  }
  return files;
}

async function newModel({ name, root }: NewModelArguments, console: Console): Promise<Outcome> {
  const folder = join(root ?? join(PROJECT, "models"), name);
  const files = await makeModelFolder(name, folder).catch((error) => {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Failure("name_taken", `${folder} is there already: choose another name`);
  });
  const paths = files.map((file) => join(folder, file));
  for (const path of paths) console.result(path);
  console.result(`Check it: deno task check-model ${folder}`);
  return { exitCode: EXIT.done, document: { model: name, folder, files: paths } };
}

if (import.meta.main) await runCommand(NEW_MODEL, newModel);
