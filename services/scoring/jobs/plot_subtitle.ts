import type { ScoreReport } from "../../../shared/contracts/scores.ts";

/** Writes the line below a plot's heading: model, experiment and dataset, as far as known. */
export function plotSubtitle(
  { model, experiment, dataset }: Pick<ScoreReport, "model" | "experiment" | "dataset">,
): string {
  return [model, experiment, dataset].filter((part) => part !== null).join(" · ");
}
