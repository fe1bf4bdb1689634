import type { ScoreReport } from "../../shared/contracts/scores.ts";

/**
 * Writes what was scored on what, for the line below a plot's heading.
 *
 * @param names of model, experiment and dataset; those that are not known are left out
 */
export function plotSubtitle(
  { model, experiment, dataset }: Pick<ScoreReport, "model" | "experiment" | "dataset">,
): string {
  return [model, experiment, dataset].filter((part) => part !== null).join(" · ");
}
