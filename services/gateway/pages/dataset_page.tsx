import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import type { EvaluationRecord } from "../../../shared/contracts/evaluations.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import {
  countText,
  FactTable,
  momentText,
  RelatedLinks,
  Section,
  StateWord,
} from "../../../shared/pages/mod.ts";
import { EvaluationTable } from "./tables/evaluation_table.tsx";
import { ScoreTable } from "./tables/score_table.tsx";
import { FaultTable } from "./tables/fault_table.tsx";
import { NoticeButton } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";

/** Refresh interval of the page during an import, with script, in seconds. */
const REFRESH_S = 2;

export interface DatasetPageData {
  readonly dataset: DatasetRecord;
  /** Of this dataset, newest first. */
  readonly scores: readonly ScoreReport[];
  readonly evaluations: readonly EvaluationRecord[];
  /** Whether the reader may delete it. */
  readonly mayChange: boolean;
}

/** Writes the page of a dataset: its contents, faults and results. */
export function writeDatasetPage(data: DatasetPageData): string {
  const { dataset, scores, evaluations, mayChange } = data;
  const importing = dataset.status === "importing";
  return writeSitePage(
    `${dataset.status}: Dataset ${dataset.name}`,
    <article {...(importing ? { "data-every": String(REFRESH_S) } : {})}>
      <h1>Dataset {dataset.name}</h1>
      <p class="byline">Registered {momentText(dataset.created_at)}</p>
      <div id="state" data-live role="status">
        <State dataset={dataset} />
      </div>
      {importing && <NoticeButton />}
      {mayChange && (
        <div id="change" data-live>
          <RelatedLinks
            label="Change"
            links={[{
              href: `/datasets/${dataset.id}/delete`,
              text: importing ? "Cancel the import" : "Delete this dataset",
            }]}
          />
        </div>
      )}
      <div id="faults" data-live>
        {dataset.errors.length > 0 && (
          <>
            <h2>What is wrong</h2>
            <FaultTable
              faults={dataset.errors}
              total={dataset.errors_total}
              label="Table of errors"
            />
          </>
        )}
        {dataset.warnings.length > 0 && (
          <>
            <h2>Faults and warnings</h2>
            <FaultTable
              faults={dataset.warnings}
              total={dataset.warnings_total}
              label="Table of warnings"
            />
          </>
        )}
      </div>
      <Section id="contents" title="Contents">
        <div id="facts" data-live>
          <Facts dataset={dataset} />
        </div>
      </Section>
      {dataset.status === "ready" && (
        <>
          <Section id="scores" title="Scores">
            <ScoreTable items={scores} of="dataset" />
          </Section>
          <Section id="evaluations" title="Evaluations">
            <EvaluationTable items={evaluations} of="dataset" />
          </Section>
        </>
      )}
    </article>,
    importing,
  );
}

function State({ dataset }: { readonly dataset: DatasetRecord }): JSX.Element {
  const { id, status, progress: { stage, done, total } } = dataset;
  return (
    <>
      <p class="lead">
        <StateWord state={status} />
        {status === "importing" &&
          `: ${stage ?? "waiting"}${
            total > 0 ? `, ${countText(done)} of ${countText(total)}` : ""
          }`}
        {status === "rejected" &&
          ": correct what is listed below, delete this dataset and register it again"}
      </p>
      {status === "importing" && total > 0 && (
        <progress aria-label="Progress" max={total} value={done}></progress>
      )}
      {status === "ready" && (
        <p class="actions">
          <a class="button" href={`/evaluations/new?dataset=${id}`}>
            Evaluate a model on this dataset
          </a>
          <a href={`/leaderboards/${id}`}>Leaderboard</a>
          <a href={`/datasets/${id}/exams`}>Look at the exams</a>
          <a href={`/v1/datasets/${id}/exams`}>Exams as JSON</a>
        </p>
      )}
    </>
  );
}

function Facts({ dataset }: { readonly dataset: DatasetRecord }): JSX.Element {
  const facts: readonly (readonly [string, string])[] = [
    ["Exams", countText(dataset.exams)],
    ["Breasts", countText(dataset.breasts)],
    ["Malignant breasts", countText(dataset.malignant_breasts)],
    ["Images", countText(dataset.images)],
    ["Image check", dataset.check],
    ["Digest", dataset.digest ?? "none: not ready"],
  ];
  return <FactTable label="Contents of the dataset" facts={facts} />;
}
