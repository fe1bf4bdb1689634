import { exportImage, importImage } from "../services/inference/container_images/assemble.ts";
import { readSettings } from "../shared/settings.ts";
import { EXIT } from "./command_line/mod.ts";
import { IMAGE, type ImageCommand } from "./commands/image.ts";
import type { Console } from "./console.ts";
import { Failure } from "./failure.ts";
import { type Outcome, runCommand } from "./run_command.ts";

async function image(command: ImageCommand, console: Console): Promise<Outcome> {
  const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
  try {
    if (command.kind === "export") {
      const { model, path } = command;
      await exportImage(settings, command, (line) => console.note(line));
      console.result(path);
      return { exitCode: EXIT.done, document: { model, file: path } };
    }
    const { tag, digest } = await importImage(settings, command.path);
    console.result(`${tag} ${digest}`);
    return { exitCode: EXIT.done, document: { tag, digest } };
  } catch (error) {
    if (error instanceof RangeError) throw new Failure("image_missing", error.message);
    throw error;
  }
}

if (import.meta.main) await runCommand(IMAGE, image);
