import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import { counted } from "../../../shared/pages/mod.ts";
import {
  ChoiceField,
  FileField,
  FoldedFields,
  type FormState,
  isTouched,
  NotesForm,
  OPTION_FIELDS,
  OptionFields,
  Refusal,
  TextField,
} from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import type { Released } from "../../../shared/contracts/releases.ts";

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
        <TextField
          {...data}
          name="model"
          label="Model"
          hint="the model that made them; shown on the leaderboard; optional"
          required={false}
        />
        <TextField {...data} name="experiment" label="Experiment" required={false} />
        <FoldedFields title="What is measured" open={isTouched(data, OPTION_FIELDS)}>
          <OptionFields {...data} />
          <AttributesField {...data} />
        </FoldedFields>
        <FileField
          {...data}
          name="predictions"
          label="Predictions"
          hint="a CSV with a row per image or breast, as models write it"
          accept=".csv"
        />
        <FileField
          {...data}
          name="data_list"
          label="Data list"
          hint="a .pkl, .json or .csv with the labels, if the truth is not a dataset"
          accept=".pkl,.pickle,.json,.csv"
          required={false}
        />
        <button type="submit">Score these predictions</button>
      </form>
    </>,
  );
}

/** Writes the form for name and notes of a score. */
export function writeScoreNotesPage(report: ScoreReport, state: FormState): string {
  return writeSitePage(
    "Name and notes of a score",
    <>
      <h1>Name and notes of a score</h1>
      <p>
        <a href={`/reports/${report.id}`}>The report</a>
      </p>
      <NotesForm action={`/scores/${report.id}/notes`} of={report} {...state} />
    </>,
  );
}

function AttributesField(state: FormState): JSX.Element {
  return (
    <FileField
      {...state}
      name="attributes"
      label="Further columns for subgroups"
      hint="a CSV with exam_id"
      accept=".csv"
      required={false}
    />
  );
}

/** Writes the form to measure the predictions of a score in another way. */
export function writeRescoreFormPage(id: string, state: FormState): string {
  return writeSitePage(
    "Score again",
    <>
      <h1>Score the same predictions again</h1>
      <Refusal problem={state.problem} />
      <p>
        This creates another report beside{" "}
        <a href={`/reports/${id}`}>the present one</a>. Leaderboards leave it out.
      </p>
      <form
        class="entry"
        method="post"
        action={`/scores/${id}/rescore`}
        enctype="multipart/form-data"
      >
        <OptionFields {...state} />
        <AttributesField {...state} />
        <button type="submit">Create the report</button>
      </form>
    </>,
  );
}

/** Writes the form to score a reader study. */
export function writeStudyFormPage(state: FormState): string {
  return writeSitePage(
    "Score a reader study",
    <>
      <h1>Score a reader study</h1>
      <Refusal problem={state.problem} />
      <p>
        A row for each breast, with columns <code>case_ID</code>, <code>side</code> (L or R),{" "}
        <code>label</code> (0 or 1), one <code>Reader01_POM</code> and so on for each reader and one
        {" "}
        <code>AI_name_POM</code> for each model: its score for malignancy of the breast.
      </p>
      <form class="entry" method="post" action="/reader-studies" enctype="multipart/form-data">
        <TextField {...state} name="name" label="Name of the study" required={false} />
        <TextField
          {...state}
          name="reader_threshold"
          label="Recall threshold of the readers"
          hint="in the readers' units; if empty, no reader points are drawn"
          required={false}
        />
        <FileField
          {...state}
          name="results"
          label="Results"
          hint="a CSV, or a pickled pandas DataFrame (.pkl)"
          accept=".csv,.pkl,.pickle"
        />
        <button type="submit">Score this study</button>
      </form>
    </>,
  );
}

/** For each state: its meaning for callers who may not see the labels, and the button that sets it. */
const STATES: readonly (readonly [state: Released, meaning: string, button: string])[] = [
  ["full", "They see the report without the names of exams", "Release in full"],
  [
    "coarse",
    "They see values with two digits; no curves, plots or subgroups",
    "Release two digits",
  ],
  ["withheld", "They see that a score exists, but no values", "Withhold"],
];

/** Writes the page on which a data owner releases a score. */
export function writeReleasePage(id: string, released: Released, mayChange: boolean): string {
  const [, meaning] = STATES.find(([state]) => state === released)!;
  return writeSitePage(
    "Release of a score",
    <article>
      <h1>Release of a score</h1>
      <p>
        <a href={`/reports/${id}`}>The report</a>
      </p>
      <p class="lead">
        {meaning}: this holds for users who may not see the truth, model authors above all.
      </p>
      {mayChange &&
        STATES.filter(([state]) => state !== released).map(([state, _, button]) => (
          <ReleaseForm id={id} state={state} button={button} />
        ))}
    </article>,
  );
}

function ReleaseForm({ id, state, button }: {
  readonly id: string;
  readonly state: Released;
  readonly button: string;
}): JSX.Element {
  return (
    <form method="post" action={`/scores/${id}/release`}>
      <input type="hidden" name="as" value={state} />
      <button class="plain" type="submit">{button}</button>
    </form>
  );
}
