import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import type { ModelRecord } from "../../../shared/contracts/models.ts";
import {
  evaluationBatchRequest,
  type EvaluationRecord,
} from "../../../shared/contracts/evaluations.ts";
import {
  numberOf,
  operatingPointsOf,
  subgroupsOf,
  wordsOf,
} from "../../../shared/contracts/option_words.ts";
import { OPERATING_POINTS_DEFAULT } from "../../../shared/contracts/scoring_options.ts";
import { invalidRequest, Problem, readEvery } from "../../../shared/http/mod.ts";
import { BOOTSTRAP_REPLICATES_DEFAULT } from "../../../shared/limits.ts";
import { counted } from "../../../shared/pages/mod.ts";
import {
  ChoiceField,
  FoldedFields,
  isTouched,
  OPTION_FIELDS,
  OptionFields,
  Refusal,
  TextField,
  TickField,
} from "./form_parts.tsx";
import type { Entries, FormState } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** The model that runs everywhere, also without an engine. */
const OWN_MODEL = "reference";

/** Data of the evaluation form. */
export interface EvaluationFormData extends FormState {
  readonly models: readonly ModelRecord[];
  /** Names of the ticked models. */
  readonly ticked: ReadonlySet<string>;
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
        <TickField
          {...data}
          name="model"
          field="models"
          label="Models"
          hint="each is evaluated with the choices below"
          ticked={tickedOf(data)}
          choices={models.map((model) => [model.name, modelText(model)])}
        />
        <ChoiceField
          {...data}
          name="dataset"
          field="datasets"
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

/** What was ticked stays; a fresh form has a likely model ticked. */
function tickedOf({ ticked, problem, models }: EvaluationFormData): ReadonlySet<string> {
  return ticked.size > 0 || problem !== null ? ticked : new Set([likelyModel(models)]);
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

const MEASURE_FIELDS = ["exams", ...OPTION_FIELDS, "replicates", "seed"];

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
      <OptionFields {...state} />
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

const RUN_FIELDS = ["gpu", "timeout_h"];

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
        name="timeout_h"
        field="timeout_s"
        label="Time limit in hours"
        hint="24 by default"
        required={false}
      />
    </FoldedFields>
  );
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
/** The API's time limit where none is given. */
const TIMEOUT_S = 24 * HOUR_S;

/**
 * Converts the form's entries to the body of `POST /v1/evaluations/batch`. Empty fields are omitted.
 * @param models names of the ticked models
 * @throws {Problem} naming every wrong field
 */
export async function evaluationRequestOf(
  { dataset, experiment, device, exams, ...entries }: Entries,
  models: readonly string[],
): Promise<BatchBody> {
  const optional = <T,>(field: string, name: string, read: (text: string) => T): object =>
    (entries[name] ?? "") === "" ? {} : { [field]: read(entries[name]!) };
  const rest = {
    ...{ models, datasets: [dataset ?? ""], experiment, device },
    ...(exams === undefined ? {} : { exams }),
    ...bootstrapOf(entries),
    ...optional("operating_points", "operating_points", operatingPointsOf),
    ...optional("subgroups", "subgroups", subgroupsOf),
    ...optional("prevalence", "prevalence", numberOf),
    ...optional("gpu", "gpu", gpusOf),
    ...optional("timeout_s", "timeout_h", secondsOf),
  };
  const { parameters } = await readEvery({
    rest: () => {
      const parsed = evaluationBatchRequest.safeParse(rest);
      if (!parsed.success) throw invalidRequest(parsed.error, "body");
    },
    parameters: () => parametersOf(entries),
  });
  return { ...rest, parameters };
}

/** A body of `POST /v1/evaluations/batch`. */
export interface BatchBody extends Readonly<Record<string, unknown>> {
  readonly models: readonly string[];
  readonly datasets: readonly string[];
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

/** `auto`, or numbers. */
function gpusOf(text: string): unknown {
  return text === "auto" ? text : wordsOf(text).map(numberOf);
}

function secondsOf(hours: string): number | string {
  const number = numberOf(hours);
  return typeof number === "number" ? Math.round(number * HOUR_S) : number;
}

/** Entries that fill in the form as for an evaluation; what only programs can choose is left out. */
export function formEntriesOf({ model, dataset, request }: EvaluationRecord): Entries {
  const { bootstrap, operating_points: points, subgroups, prevalence, gpu } = request;
  const usual = JSON.stringify(OPERATING_POINTS_DEFAULT);
  const given: Entries = {
    ...{ model, dataset, experiment: request.experiment, device: request.device },
    exams: request.exams,
    parameters: Object.entries(request.parameters).map((pair) => pair.join("=")).join(" "),
    operating_points: JSON.stringify(points) === usual ? "" : JSON.stringify(points),
    subgroups: subgroups === false ? "none" : subgroups === true ? "" : JSON.stringify(subgroups),
    prevalence: String(prevalence ?? ""),
    ...(typeof bootstrap === "object"
      ? { replicates: String(bootstrap.replicates), seed: String(bootstrap.seed) }
      : {}),
    gpu: gpu === "auto" ? "" : [gpu].flat().join(" "),
    timeout_h: request.timeout_s === TIMEOUT_S ? "" : String(request.timeout_s / HOUR_S),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
}
