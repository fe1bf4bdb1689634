import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import { countText, FactTable, momentText, StateWord } from "../../../shared/pages/mod.ts";
import { FaultTable } from "./tables/fault_table.tsx";
import { writeSitePage } from "./site.ts";

/** How often the page of a dataset that is imported is read anew where script runs, in seconds. */
const REFRESH_S = 2;

/**
 * Writes the page of a dataset: what is in it, what is wrong with it, what can be done with it.
 *
 * @param dataset as the API shows it
 */
export function writeDatasetPage(dataset: DatasetRecord): string {
  const importing = dataset.status === "importing";
  return writeSitePage(
    `Dataset ${dataset.name}`,
    <article {...(importing ? { "data-every": String(REFRESH_S) } : {})}>
      <h1>Dataset {dataset.name}</h1>
      <p class="byline">Registered {momentText(dataset.created_at)}</p>
      <div id="state" data-live role="status">
        <State dataset={dataset} />
      </div>
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
            <h2>What to look at</h2>
            <FaultTable
              faults={dataset.warnings}
              total={dataset.warnings_total}
              label="Table of warnings"
            />
          </>
        )}
      </div>
      <section aria-labelledby="contents">
        <h2 id="contents">What is in it</h2>
        <div id="facts" data-live>
          <Facts dataset={dataset} />
        </div>
      </section>
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
        <p>
          <a class="button" href={`/evaluations/new?dataset=${id}`}>Evaluate a model on it</a>{" "}
          <a href={`/leaderboards/${id}`}>Leaderboard</a>
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
    ["Images looked at by", dataset.check],
    ["Digest", dataset.digest ?? "none: it is not ready"],
  ];
  return <FactTable label="What is in the dataset" facts={facts} />;
}
