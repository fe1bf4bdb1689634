import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import { counted } from "../../../shared/pages/mod.ts";
import { ChoiceField, FileField, type FormState, Refusal, TextField } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** What the truth can be taken from. */
export interface ScoreFormData extends FormState {
  /** Those that are ready. */
  readonly datasets: readonly DatasetRecord[];
}

/**
 * Writes the form with which somebody scores predictions that were made elsewhere.
 *
 * @param data datasets, and why what was sent was not taken
 */
export function writeScoreFormPage(data: ScoreFormData): string {
  return writeSitePage(
    "Score predictions",
    <>
      <h1>Score predictions made elsewhere</h1>
      <Refusal problem={data.problem} />
      <p>Nothing is run: predictions are joined with the truth and measured.</p>
      <form class="entry" method="post" action="/scores" enctype="multipart/form-data">
        <FileField
          {...data}
          name="predictions"
          label="Predictions"
          hint="a CSV by image or by breast, as models write it"
          accept=".csv"
        />
        <ChoiceField
          {...data}
          name="dataset"
          label="Truth"
          choices={[
            ["", "the data list that I send along"],
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
          hint="a .pkl, .json or .csv with the labels, unless the truth is a dataset's"
          accept=".pkl,.pickle,.json,.csv"
          required={false}
        />
        <TextField
          {...data}
          name="model"
          label="Model"
          hint="what made them; stands on the leaderboard; empty for nothing"
          required={false}
        />
        <TextField {...data} name="experiment" label="Experiment" required={false} />
        <button type="submit">Score these predictions</button>
      </form>
    </>,
  );
}
