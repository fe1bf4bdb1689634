import type { ForeignFilesAnswer } from "../../../shared/contracts/datasets.ts";
import type { Fault } from "../../../shared/domain/mod.ts";
import { refuseAbandoned, type Run, RunFailure } from "./run.ts";
import { untilAnswered } from "./until_answered.ts";

/**
 * Compares the images with their registration before and after a run, but for left-out exams.
 * @throws {RunFailure} `images_changed`, with a fault for each image
 */
export async function refuseChangedImages(run: Run): Promise<void> {
  const { datasets, workspace } = run.deps;
  const { dataset } = run.evaluation.request;
  const found: Fault[] = [];
  for (let start: number | null = 0; start !== null;) {
    refuseAbandoned(run);
    const from: number = start;
    const look = await untilAnswered(run, "ingestion", () => datasets.lookAgain(dataset, from));
    found.push(...look.faults);
    start = look.next;
  }
  if (found.length === 0) return;
  const images = found.flatMap(({ image }) => image === null ? [] : [image]);
  const used = new Set(await workspace.usedImages(run.evaluation, images));
  const faults = found.filter(({ image }) => image !== null && used.has(image));
  if (faults.length === 0) return;
  const more = faults.length > 1 ? ` (${faults.length} images in all)` : "";
  throw new RunFailure(
    { type: "images_changed", message: `The images have changed: ${faults[0]!.message}${more}` },
    faults,
  );
}

/**
 * The paths below the images folder to hide from the container: it may hold more than when it was registered.
 * @throws {RunFailure} when not all of it can be hidden
 */
export async function foreignPathsOf(run: Run): Promise<ForeignFilesAnswer["paths"]> {
  const { datasets } = run.deps;
  const { dataset } = run.evaluation.request;
  const { paths, fault } = await untilAnswered(
    run,
    "ingestion",
    () => datasets.foreignFiles(dataset),
  );
  if (fault !== null) {
    throw new RunFailure({ type: "images_changed", message: fault.message }, [fault]);
  }
  // Log only the count: the names belong to the data owner, and a model's author reads this log.
  if (paths.length > 0) {
    run.runLog.say(`${paths.length} paths in the images folder are not images and are hidden`);
  }
  return paths;
}
