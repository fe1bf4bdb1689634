import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import type { ModelRecord } from "../../../shared/contracts/models.ts";
import { Problem } from "../../../shared/http/mod.ts";
import { BOOTSTRAP_REPLICATES_DEFAULT } from "../../../shared/limits.ts";
import { counted } from "../../../shared/pages/mod.ts";
import { ChoiceField, FoldedFields, Refusal, TextField } from "./form_parts.tsx";
import type { Entries, FormState } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** The model that runs everywhere, also without an engine. */
const OWN_MODEL = "reference";

/** Data of the evaluation form. */
export interface EvaluationFormData extends FormState {
  readonly models: readonly ModelRecord[];
  /** The ready datasets. */
  readonly datasets: readonly DatasetRecord[];
}

/** Writes the form to start an evaluation. */
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
          {...data}
          name="model"
          label="Model"
          entries={{ model: likelyModel(models), ...entries }}
          choices={models.map((model) => [model.name, modelText(model)])}
        />
        <ChoiceField
          {...data}
          name="dataset"
          label="Dataset"
          choices={datasets.map(({ id, exams }) => [id, `${id} (${counted(exams, "exam")})`])}
        />
        <TextField
          {...data}
          name="experiment"
          label="Experiment"
          hint="a name of your choice: it groups results"
          entries={{ experiment: "experiment01", ...entries }}
        />
        <ChoiceField
          {...data}
          name="device"
          label="Runs on"
          choices={[["cpu", "cpu"], ["gpu", "gpu: the first free one by default"]]}
        />
        <TextField
          {...data}
          name="parameters"
          label="Parameters"
          hint="NAME=value, separated by spaces; empty for the model's defaults"
          required={false}
        />
        <MeasureFields {...data} />
        <RunFields {...data} />
        <button type="submit">Start the evaluation</button>
      </form>
    </>,
  );
}

function modelText({ name, title, cannot_run }: ModelRecord): string {
  return `${title === null ? name : `${name}: ${title}`}${
    cannot_run === null ? "" : " (cannot run here)"
  }`;
}

/** Prefers a model whose image exists over one that must be built first. */
function likelyModel(models: readonly ModelRecord[]): string {
  const ready = models.find(({ image, cannot_run }) => image !== null && cannot_run === null);
  return ready?.name ?? (models.some(({ name }) => name === OWN_MODEL) ? OWN_MODEL : "");
}

const MEASURE_FIELDS = ["exams", "subgroups", "prevalence", "replicates", "seed"];

function MeasureFields(state: FormState): JSX.Element {
  return (
    <FoldedFields title="What is measured" open={isTouched(state, MEASURE_FIELDS)}>
      <ChoiceField
        {...state}
        name="exams"
        label="Exams"
        hint="models declare which views they need"
        choices={[
          ["all", "all; refused if one lacks a view that the model needs"],
          ["complete_only", "only those with every view that the model needs"],
        ]}
      />
      <TextField
        {...state}
        name="subgroups"
        label="Subgroups"
        hint="keys of the exams, for example density vendor; none for no subgroups; empty for keys with few values"
        required={false}
      />
      <TextField
        {...state}
        name="prevalence"
        label="Prevalence"
        hint="share of exams with cancer in the intended population, for example 0.006; rates are re-weighted to it"
        required={false}
      />
      <TextField
        {...state}
        name="replicates"
        field="bootstrap"
        label="Bootstrap replicates"
        hint={`for the intervals; ${BOOTSTRAP_REPLICATES_DEFAULT} by default`}
        required={false}
      />
      <TextField
        {...state}
        name="seed"
        field="bootstrap"
        label="Seed"
        hint="the same seed gives the same intervals; 1 by default"
        required={false}
      />
    </FoldedFields>
  );
}

const RUN_FIELDS = ["gpu", "priority", "timeout_h"];

function RunFields(state: FormState): JSX.Element {
  return (
    <FoldedFields title="How it runs" open={isTouched(state, RUN_FIELDS)}>
      <TextField
        {...state}
        name="gpu"
        label="GPU"
        hint="one or more numbers; empty for the first free one"
        required={false}
      />
      <TextField
        {...state}
        name="priority"
        label="Priority"
        hint="from -100 to 100; higher values start first; 0 by default"
        required={false}
      />
      <TextField
        {...state}
        name="timeout_h"
        field="timeout_s"
        label="Time limit in hours"
        hint="24 by default"
        required={false}
      />
    </FoldedFields>
  );
}

/** Whether a field of a group was filled in; if so, the group is shown. */
function isTouched({ entries }: FormState, names: readonly string[]): boolean {
  return names.some((name) => !["", "all"].includes(entries[name] ?? ""));
}

function writeNoData(problem: Problem | null): string {
  return writeSitePage(
    "Evaluate a model",
    <>
      <h1>Evaluate a model</h1>
      <Refusal problem={problem} />
      <p>No dataset is ready.</p>
      <p>
        <a class="button" href="/datasets/new">Register data first</a>
      </p>
    </>,
  );
}

const HOUR_S = 3600;

/**
 * Converts the form's entries to the body of `POST /v1/evaluations`, not yet checked. Empty fields are omitted.
 * @throws {Problem} where a parameter is not NAME=value
 */
export function evaluationRequestOf(entries: Entries): Record<string, unknown> {
  const { model, dataset, experiment, device, exams } = entries;
  const given = (name: string): string | null => entries[name] || null;
  const optional = <T,>(name: string, text: string | null, read: (text: string) => T): object =>
    text === null ? {} : { [name]: read(text) };
  return {
    ...{ model, dataset, experiment, device, parameters: parametersOf(entries) },
    ...(exams === undefined ? {} : { exams }),
    ...bootstrapOf(entries),
    ...optional("subgroups", given("subgroups"), subgroupsOf),
    ...optional("prevalence", given("prevalence"), numberOf),
    ...optional("gpu", given("gpu"), gpusOf),
    ...optional("priority", given("priority"), numberOf),
    ...optional("timeout_s", given("timeout_h"), secondsOf),
  };
}

function parametersOf({ parameters = "" }: Entries): Record<string, string> {
  return Object.fromEntries(
    parameters.split(/\s+/).filter((word) => word !== "").map((word) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
      if (name === undefined || value === undefined) {
        throw new Problem(
          "invalid_request",
          `parameters: Invalid parameter ${JSON.stringify(word)}: write NAME=value`,
        );
      }
      return [name, value];
    }),
  );
}

function bootstrapOf({ replicates = "", seed = "" }: Entries): object {
  if (replicates === "" && seed === "") return {};
  return {
    bootstrap: {
      ...(replicates === "" ? {} : { replicates: numberOf(replicates) }),
      ...(seed === "" ? {} : { seed: numberOf(seed) }),
    },
  };
}

/** `none`, or keys of the exams. */
function subgroupsOf(text: string): boolean | string[] {
  return text === "none" ? false : wordsOf(text);
}

/** `auto`, or numbers. */
function gpusOf(text: string): unknown {
  return text === "auto" ? text : wordsOf(text).map(numberOf);
}

function secondsOf(hours: string): number | string {
  const number = numberOf(hours);
  return typeof number === "number" ? Math.round(number * HOUR_S) : number;
}

/** Leaves other text as it is, so that the API refuses it by name; JSON would turn NaN into null. */
function numberOf(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
