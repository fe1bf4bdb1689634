import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import { counted } from "../../../shared/pages/mod.ts";
import { ChoiceField, FileField, type FormState, Refusal, TextField } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** Data of the form to score predictions. */
export interface ScoreFormData extends FormState {
  /** The ready datasets. */
  readonly datasets: readonly DatasetRecord[];
}

/** Writes the form to score predictions made elsewhere. */
export function writeScoreFormPage(data: ScoreFormData): string {
  return writeSitePage(
    "Score predictions",
    <>
      <h1>Score existing predictions</h1>
      <Refusal problem={data.problem} />
      <p>No model is run: the predictions are joined with the truth and scored.</p>
      <form class="entry" method="post" action="/scores" enctype="multipart/form-data">
        <FileField
          {...data}
          name="predictions"
          label="Predictions"
          hint="a CSV with a row per image or breast, as models write it"
          accept=".csv"
        />
        <ChoiceField
          {...data}
          name="dataset"
          label="Truth"
          choices={[
            ["", "a data list that I upload"],
            ...data.datasets.map(({ id, exams }): [string, string] => [
              id,
              `dataset ${id} (${counted(exams, "exam")})`,
            ]),
          ]}
        />
        <FileField
          {...data}
          name="data_list"
          label="Data list"
          hint="a .pkl, .json or .csv with the labels, if the truth is not a dataset"
          accept=".pkl,.pickle,.json,.csv"
          required={false}
        />
        <TextField
          {...data}
          name="model"
          label="Model"
          hint="the model that made them; shown on the leaderboard; optional"
          required={false}
        />
        <TextField {...data} name="experiment" label="Experiment" required={false} />
        <button type="submit">Score these predictions</button>
      </form>
    </>,
  );
}
