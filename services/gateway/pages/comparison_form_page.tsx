import type { JSX } from "hono/jsx/jsx-runtime";
import { ENSEMBLE_METHODS, type EnsembleMethod } from "../../../shared/contracts/ensembles.ts";
import { mainLevelOf, type ScoreReport } from "../../../shared/contracts/scores.ts";
import { counted, metricText, momentText, Section } from "../../../shared/pages/mod.ts";
import { ChoiceField, type FormState, Refusal, TextField, TickField } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

export interface ComparisonFormData extends FormState {
  readonly datasets: readonly { readonly dataset: string; readonly scores: number }[];
  /** The dataset whose scores are shown; null if none has scores. */
  readonly dataset: string | null;
  /** Its scores, newest first. */
  readonly scores: readonly ScoreReport[];
  /** Ids of the preselected scores. */
  readonly ticked: ReadonlySet<string>;
}

const METHODS: Readonly<Record<EnsembleMethod, string>> = {
  mean: "the mean of the scores",
  rank_mean: "the mean of the ranks, for models with different scales",
};

/** Writes the form to compare scores or to make an ensemble of them. */
export function writeComparisonFormPage(data: ComparisonFormData): string {
  const { problem, datasets, dataset, scores } = data;
  return writeSitePage(
    "Compare scores",
    <>
      <h1>Compare scores</h1>
      <Refusal problem={problem} />
      <p>
        Scores over the same exams can be compared: the models have seen the same women, so their
        differences are tested in pairs.
      </p>
      {datasets.length > 1 && <Datasets {...data} />}
      {dataset === null || scores.length < 2
        ? <TooFew dataset={dataset} />
        : <ComparisonForm {...data} />}
    </>,
  );
}

function Datasets({ datasets, dataset: shown }: ComparisonFormData): JSX.Element {
  return (
    <nav class="related" aria-label="Datasets with scores">
      <ul>
        {datasets.map(({ dataset, scores }) => (
          <li>
            <a
              href={`/comparisons/new?dataset=${dataset}`}
              {...(dataset === shown ? { "aria-current": "page" as const } : {})}
            >
              {dataset} ({counted(scores, "score")})
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function TooFew({ dataset }: Pick<ComparisonFormData, "dataset">): JSX.Element {
  return (
    <p>
      {dataset === null ? "No dataset" : `Dataset ${dataset}`} does not have two scores yet.{" "}
      <a href="/evaluations/new">Evaluate a model</a> or{" "}
      <a href="/scores/new">score existing predictions</a>.
    </p>
  );
}

function ComparisonForm(data: ComparisonFormData): JSX.Element {
  const { dataset, scores, ticked } = data;
  return (
    <form class="entry" method="get" action="/comparisons">
      <input type="hidden" name="dataset" value={dataset ?? ""} />
      <TickField
        name="score"
        label={`Scores on ${dataset}`}
        {...data}
        hint="tick at least two"
        ticked={ticked}
        choices={scores.map((score) => [score.id, <ScoreText score={score} />])}
      />
      <Section id="compare" title="Compare scores">
        <ChoiceField
          {...data}
          name="level"
          label="By"
          choices={[["breast", "breast"], ["exam", "exam: the higher breast"], [
            "image",
            "image, if all of them have scores by image",
          ]]}
        />
        <ChoiceField
          {...data}
          name="reference"
          label="Compare"
          choices={[
            ["", "all pairs"],
            ...scores.map((score): [string, string] => [score.id, `all with ${nameOf(score)}`]),
          ]}
        />
        <TextField
          {...data}
          name="margin"
          label="Margin"
          hint="how much lower an AUROC may be and still count as no worse, for example 0.05; fixed beforehand; empty for none"
          required={false}
        />
        <button type="submit">Compare these scores</button>
      </Section>
      <Section id="ensemble" title="Combine them into an ensemble">
        <ChoiceField
          {...data}
          name="method"
          label="An ensemble takes"
          choices={ENSEMBLE_METHODS.map((method) => [method, METHODS[method]])}
        />
        <TextField
          {...data}
          name="model"
          label="Name of the ensemble"
          hint="letters, digits, _ and -; shown on the leaderboard; empty for none"
          required={false}
        />
        <button class="plain" type="submit" formmethod="post" formaction="/ensembles">
          Create an ensemble of these scores
        </button>
      </Section>
    </form>
  );
}

function ScoreText({ score }: { readonly score: ScoreReport }): JSX.Element {
  const { auroc } = score.levels[mainLevelOf(score.levels)]!;
  return (
    <>
      {nameOf(score)}
      <small>
        AUROC {metricText(auroc.value)}, {momentText(score.created_at)}
      </small>
    </>
  );
}

function nameOf({ model, experiment }: ScoreReport): string {
  const name = model ?? "existing predictions";
  return experiment === null ? name : `${name}, ${experiment}`;
}
