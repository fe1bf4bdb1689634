import type { ScoreReport } from "../../../../shared/contracts/scores.ts";

/** Writes what was scored, for headings. */
export function modelName({ model }: Pick<ScoreReport, "model">): string {
  return model ?? "Uploaded predictions";
}

/** Writes what was scored on. */
export function datasetName({ dataset }: Pick<ScoreReport, "dataset">): string {
  return dataset ?? "an uploaded data list";
}

/** Writes what a reader study is called. */
export function studyName({ name }: { readonly name: string | null }): string {
  return name ?? "Reader study";
}
