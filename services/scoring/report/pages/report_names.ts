import type { ScoreReport } from "../../../../shared/contracts/scores.ts";

/** Names the scored model, for headings. */
export function modelName({ model }: Pick<ScoreReport, "model">): string {
  return model ?? "Uploaded predictions";
}

/** Names the dataset. */
export function datasetName({ dataset }: Pick<ScoreReport, "dataset">): string {
  return dataset ?? "an uploaded data list";
}

/** Names a reader study. */
export function studyName({ name }: { readonly name: string | null }): string {
  return name ?? "Reader study";
}
