import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import type { EvaluationRecord } from "../../../shared/contracts/evaluations.ts";
import type {
  CheckFinding,
  ModelBuild,
  ModelCheck,
  ModelRecord,
} from "../../../shared/contracts/models.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import {
  type Column,
  column,
  FactTable,
  momentText,
  Section,
  StateWord,
  Table,
} from "../../../shared/pages/mod.ts";
import { writeSitePage } from "./site.ts";
import { EvaluationTable } from "./tables/evaluation_table.tsx";
import { ScoreTable } from "./tables/score_table.tsx";
import { LogText } from "./evaluation_page.tsx";
import { ChoiceField } from "./form_parts.tsx";

/** Refresh interval of the page during a build or check, in seconds. */
const REFRESH_S = 2;

export interface ModelPageData {
  readonly name: string;
  /** The model, or why its folder cannot be used. */
  readonly model: ModelRecord | string;
  readonly build: ModelBuild | null;
  readonly check: ModelCheck | null;
  readonly scores: readonly ScoreReport[];
  readonly evaluations: readonly EvaluationRecord[];
  /** Datasets for a check. */
  readonly datasets: readonly DatasetRecord[];
  /** Whether the reader may request builds and checks. */
  readonly mayWork: boolean;
}

/** Writes the page of a model: its description, whether it runs here, its scores. */
export function writeModelPage(data: ModelPageData): string {
  const { name, model, build, check, scores, evaluations } = data;
  const goesOn = [build, check].some((work) => work?.status === "running");
  const usable = typeof model === "string" ? null : model;
  return writeSitePage(
    `Model ${name}`,
    <article {...(goesOn ? { "data-every": String(REFRESH_S) } : {})}>
      <h1>{name}</h1>
      {usable === null ? <Unusable reason={String(model)} /> : <Introduction model={usable} />}
      {usable !== null && (
        <p>
          <a class="button" href={`/evaluations/new?model=${name}`}>Evaluate this model</a>
        </p>
      )}
      <Section id="scores" title="Scores">
        <ScoreTable items={scores} of="model" />
      </Section>
      {usable !== null && <Parameters model={usable} />}
      {usable !== null && <BuildSection model={usable} build={build} mayWork={data.mayWork} />}
      <CheckSection {...data} />
      <Section id="evaluations" title="Evaluations">
        <EvaluationTable items={evaluations} of="model" />
      </Section>
      {usable !== null && (
        <Section id="manifest" title="Details">
          <FactTable label="Details of the model" facts={factsOf(usable)} />
        </Section>
      )}
    </article>,
    goesOn,
  );
}

function Introduction({ model }: { readonly model: ModelRecord }): JSX.Element {
  return (
    <>
      {model.title !== null && <p class="byline">{model.title}</p>}
      {model.description !== null && <p class="lead">{model.description}</p>}
      {model.cannot_run !== null && (
        <div class="warnings">
          <h2>It cannot run here</h2>
          <p>{model.cannot_run}</p>
        </div>
      )}
    </>
  );
}

function Unusable({ reason }: { readonly reason: string }): JSX.Element {
  return (
    <div class="warnings">
      <h2>The model folder has faults</h2>
      <p>{reason}</p>
    </div>
  );
}

type Parameter = readonly [name: string, of: ModelRecord["parameters"][string]];

const PARAMETER_COLUMNS: readonly Column<Parameter>[] = [
  column("head", "Parameter", ([name]) => <code>{name}</code>),
  column("text", "Unless told", ([, { default: value }]) => <code>{value}</code>),
  column("text", "What it does", ([, { description }]) => description ?? "—"),
];

function Parameters({ model }: { readonly model: ModelRecord }): JSX.Element {
  return (
    <Section id="parameters" title="Parameters">
      <Table
        label="Table of parameters"
        columns={PARAMETER_COLUMNS}
        rows={Object.entries(model.parameters)}
        empty={<p>None.</p>}
      />
    </Section>
  );
}

/** Facts from model.json and the container image, as far as they exist. */
function factsOf(model: ModelRecord): [string, Child][] {
  const { devices, level, views, version, image, base, licence, paper, source, weights } = model;
  const { folder, hides } = model;
  const facts: readonly (readonly [string, Child | null])[] = [
    ["Runs on", devices.join(", ")],
    ["Predicts by", level ?? "determined from its predictions"],
    ["Needs views", views.length === 0 ? "none: it uses the views that exist" : views.join(", ")],
    ["Licence", licence],
    ["Paper", paper === null ? null : linked(paper)],
    ...Object.entries(source ?? {}).map(([name, value]) =>
      [`Source, ${name}`, value === null ? null : linked(String(value))] as const
    ),
    ["Weights", weights === null ? null : textOf(weights)],
    ["Folder", <code>{folder}</code>],
    ["Replaces", hides.length === 0 ? null : <code>{hides.join(", ")}</code>],
    ["Folder version", <code>{version}</code>],
    ["Builds on", base],
    ["Container image", image === null ? null : <code>{image.tag}</code>],
    ["Image digest", image === null ? null : <code>{image.digest}</code>],
    ["Image built", builtText(image)],
  ];
  return facts.filter((fact): fact is readonly [string, Child] => fact[1] !== null)
    .map(([name, value]) => [name, value]);
}

/** Links a web address; leaves other text as it is. */
function linked(text: string): Child {
  return /^https?:\/\/\S+$/.test(text) ? <a href={text} rel="noreferrer">{text}</a> : text;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function builtText(image: ModelRecord["image"]): string | null {
  if (image === null || image.built_at === null) return null;
  return momentText(image.built_at);
}

/** State of the container image and of its latest build, with a button to build. */
function BuildSection({ model, build, mayWork }: {
  readonly model: ModelRecord;
  readonly build: ModelBuild | null;
  readonly mayWork: boolean;
}): JSX.Element {
  return (
    <Section id="build" title="Container image">
      <div id="build-state" data-live role="status">
        <p>
          {model.image === null
            ? "Not built yet. It is built when it is needed, or now."
            : "Built. It is rebuilt when the folder, its base image or the site's build arguments change."}
        </p>
        {build !== null && <Build build={build} />}
      </div>
      {mayWork && (
        <form method="post" action={`/models/${model.name}/build`}>
          <button class="plain" type="submit">Build the image</button>
        </form>
      )}
    </Section>
  );
}

function Build({ build }: { readonly build: ModelBuild }): JSX.Element {
  const { status, started_at, finished_at, error, image, log_tail } = build;
  return (
    <>
      <p>
        <StateWord state={status} />: {finished_at === null
          ? `since ${momentText(started_at)}`
          : `latest build, ${momentText(finished_at)}`}
      </p>
      {image !== null && (
        <p>
          <code>{image.tag}</code>
        </p>
      )}
      {error !== null && <p>{error.message}</p>}
      {log_tail.length > 0 && <LogText text={log_tail.join("\n")} label="End of the build log" />}
    </>
  );
}

const COLUMNS: readonly Column<CheckFinding>[] = [
  column("head", "Looked at", ({ check }) => check),
  column("text", "Result", ({ result }) => <StateWord state={result} />),
  column("text", "Result", ({ message, details }) => (
    <>
      {message}
      {details.map((detail) => <small>{detail}</small>)}
    </>
  )),
];

/** The latest findings of the contribution check, with a form to request another. */
function CheckSection({ name, check, datasets, mayWork }: ModelPageData): JSX.Element {
  return (
    <Section id="check" title="Contribution check">
      <p>
        Checks that the files are valid, the image builds, the model runs on its devices without
        root, its predictions can be scored, and a second run gives the same predictions.
      </p>
      <div id="check-state" data-live role="status">
        {check === null ? <p>This model has not been checked yet.</p> : <Findings check={check} />}
      </div>
      {mayWork && datasets.length === 0 && (
        <p>
          Dataset to check the model on: <a href="/datasets/new">register data</a>.
        </p>
      )}
      {mayWork && datasets.length > 0 && (
        <form class="entry" method="post" action={`/models/${name}/check`}>
          <ChoiceField
            name="dataset"
            label="Check on"
            entries={{}}
            problem={null}
            choices={datasets.map(({ id, exams }) => [id, `${id} (${exams} exams)`])}
          />
          <button class="plain" type="submit">Check the model</button>
        </form>
      )}
    </Section>
  );
}

function Findings({ check }: { readonly check: ModelCheck }): JSX.Element {
  const { status, started_at, finished_at, findings } = check;
  return (
    <>
      <p>
        <StateWord state={status} />: {finished_at === null
          ? `since ${momentText(started_at)}`
          : `latest check, ${momentText(finished_at)}`}
      </p>
      <Table label="Table of findings" columns={COLUMNS} rows={findings} />
    </>
  );
}
