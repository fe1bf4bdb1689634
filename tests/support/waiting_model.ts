import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";

/** What the model says once it waits. */
const WAITING = "image 1/2";

/** Takes the place of the reference model's program: it begins, and ends only when somebody ends it. */
const PROGRAM = `console.log(${JSON.stringify(WAITING)});
await new Promise(() => setInterval(() => {}, 60_000));
`;

/**
 * Makes a project folder whose reference model runs until it is stopped, so that a test can act while a model
 * runs, however fast the machine is. No container engine is needed.
 *
 * @param folder that the test removes
 * @returns the project's path: a working folder for commands, and its `models` for `MAMMOEVAL_MODELS`
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
