import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import type { ModelRecord } from "../../../shared/contracts/models.ts";
import { Problem } from "../../../shared/http/mod.ts";
import { ChoiceField, type Entries, type FormState, Refusal, TextField } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** What can be chosen from. */
export interface EvaluationFormData extends FormState {
  readonly models: readonly ModelRecord[];
  /** Those that are ready. */
  readonly datasets: readonly DatasetRecord[];
}

/**
 * Writes the form with which somebody starts an evaluation.
 *
 * @param data models, datasets, what was filled in before
 */
export function writeEvaluationFormPage(data: EvaluationFormData): string {
  const { entries, problem, models, datasets } = data;
  if (datasets.length === 0) return writeNoData(problem);
  return writeSitePage(
    "Evaluate a model",
    <>
      <h1>Evaluate a model</h1>
      <Refusal problem={problem} />
      <form class="entry" method="post" action="/evaluations">
        <input type="hidden" name="key" value={entries["key"] ?? ""} />
        <ChoiceField
          name="model"
          label="Model"
          entries={entries}
          choices={models.map(({ name, title }) => [
            name,
            title === null ? name : `${name}: ${title}`,
          ])}
        />
        <ChoiceField
          name="dataset"
          label="Dataset"
          entries={entries}
          choices={datasets.map(({ id, exams }) => [id, `${id} (${exams} exams)`])}
        />
        <TextField
          name="experiment"
          label="Experiment"
          hint="a name of your own: results of one experiment lie together"
          entries={{ experiment: "experiment01", ...entries }}
        />
        <ChoiceField
          name="device"
          label="Runs on"
          entries={entries}
          choices={[["cpu", "cpu"], ["gpu", "gpu: the first that is free"]]}
        />
        <TextField
          name="parameters"
          label="Parameters"
          hint="NAME=value, several separated by spaces; empty for the model's own"
          entries={entries}
          required={false}
        />
        <button type="submit">Start the evaluation</button>
      </form>
    </>,
  );
}

function writeNoData(problem: Problem | null): string {
  return writeSitePage(
    "Evaluate a model",
    <>
      <h1>Evaluate a model</h1>
      <Refusal problem={problem} />
      <p>There is no dataset that is ready.</p>
      <p>
        <a class="button" href="/datasets/new">Register data first</a>
      </p>
    </>,
  );
}

/**
 * Turns what was filled in into a request.
 *
 * @param entries of the form
 * @returns the body of `POST /v1/evaluations`, not yet checked
 * @throws {Problem} where a parameter is not NAME=value
 */
export function evaluationRequestOf(entries: Entries): Record<string, unknown> {
  const { model, dataset, experiment, device } = entries;
  return { model, dataset, experiment, device, parameters: parametersOf(entries) };
}

function parametersOf({ parameters = "" }: Entries): Record<string, string> {
  const words = parameters.split(/\s+/).filter((word) => word !== "");
  return Object.fromEntries(words.map((word) => {
    const [, name, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      throw new Problem(
        "invalid_request",
        `Cannot read the parameter ${JSON.stringify(word)}: write it as NAME=value`,
      );
    }
    return [name, value];
  }));
}
