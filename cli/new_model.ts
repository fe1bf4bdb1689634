import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readNewModelArguments } from "./new_model_arguments.ts";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../..");
/** The skeleton; `__NAME__` in it stands for the model's name. */
const SKELETON = join(PROJECT, "cli", "new_model");

/**
 * Makes a model folder that passes the contribution check and scores nothing yet.
 *
 * @param name of the model
 * @param folder absolute path, not there yet
 * @returns paths of the files, relative to the folder
 * @throws {Deno.errors.AlreadyExists} when the folder is there
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

async function main(): Promise<number> {
  const say = (stream: typeof Deno.stdout, text: string): void => {
    stream.writeSync(new TextEncoder().encode(`${text}\n`));
  };
  try {
    const { name, folder } = readNewModelArguments(Deno.args, join(PROJECT, "models"));
    const files = await makeModelFolder(name, folder);
    for (const file of files) say(Deno.stdout, join(folder, file));
    say(Deno.stdout, `Check it: deno task check-model ${folder}`);
    return 0;
  } catch (error) {
    const reason = error instanceof Deno.errors.AlreadyExists
      ? "there is such a folder already: choose another name"
      : error instanceof Error
      ? error.message
      : String(error);
    say(Deno.stderr, reason);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
