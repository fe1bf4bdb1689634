import type { LevelReport, ScoreReport } from "../../../shared/contracts/scores.ts";

/** What an interval "by exam" resamples. */
export type ClusterName = "woman" | "exam";

/** {@linkcode clusterName} for a reader study, where an exam is called a case. */
export function studyClusterName({ women }: Pick<LevelReport, "women">): "woman" | "case" {
  return typeof women === "number" ? "woman" : "case";
}

/** `woman` if all levels know the woman of each exam: all exams of a woman are then one cluster. */
export function clusterName(...levels: readonly Pick<LevelReport, "women">[]): ClusterName {
  return levels.every(({ women }) => typeof women === "number") ? "woman" : "exam";
}

/** Turns `specificity>=0.90` into `specificity ≥ 0.90`, `recall_rate<=0.03` into `recall rate ≤ 0.03`. */
export function operatingPointName(name: string): string {
  return name.replace(/^recall_rate/, "recall rate").replace(
    /[ ]?([<>])=[ ]?/,
    (_, sign) => sign === ">" ? " ≥ " : " ≤ ",
  );
}

export function modelName({ model }: Pick<ScoreReport, "model">): string {
  return model ?? "Uploaded predictions";
}

export function datasetName({ dataset }: Pick<ScoreReport, "dataset">): string {
  return dataset ?? "an uploaded data list";
}

export function studyName({ name }: { readonly name: string | null }): string {
  return name ?? "Reader study";
}
