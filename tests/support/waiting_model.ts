import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";

/** The model's output once it waits. */
const WAITING = "image 1/2";

/** Replaces the reference model's program: it starts and then runs until it is stopped. */
const PROGRAM = `console.log(${JSON.stringify(WAITING)});
await new Promise(() => setInterval(() => {}, 60_000));
`;

/**
 * Creates a project folder whose reference model runs until it is stopped, so that a test can act during a run on any
 * machine. It needs no container engine.
 *
 * @returns the project's path: a working directory for commands; its `models` are for `MAMMOEVAL_MODELS`
 */
export async function makeWaitingProject(folder: string): Promise<string> {
  const project = join(folder, "waiting_project");
  const reference = join(project, "models/reference");
  await Deno.mkdir(join(reference, "predict"), { recursive: true });
  for (const name of ["Dockerfile", "config.txt", "model.json", "predict/predict.sh"]) {
    await Deno.copyFile(join(PROJECT, "models/reference", name), join(reference, name));
  }
  await Deno.writeTextFile(join(reference, "predict/main.ts"), PROGRAM);
  return project;
}
