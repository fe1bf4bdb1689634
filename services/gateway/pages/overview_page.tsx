import type { JSX } from "hono/jsx/jsx-runtime";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import type { EvaluationRecord } from "../../../shared/contracts/evaluations.ts";
import type { ModelRecord } from "../../../shared/contracts/models.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import {
  counted,
  countText,
  intervalText,
  metricText,
  momentText,
  ScrollingTable,
} from "../../../shared/pages/mod.ts";
import { goesOn, progressText } from "./progress_text.ts";
import { writeSitePage } from "./site.ts";

/** How often the start page is read anew where script runs, in seconds. */
const REFRESH_S = 5;

/** What the start page shows; lists are bounded, newest first. */
export interface OverviewData {
  readonly datasets: readonly DatasetRecord[];
  readonly models: readonly ModelRecord[];
  readonly unusable: readonly { readonly name: string; readonly message: string }[];
  readonly evaluations: readonly EvaluationRecord[];
  readonly scores: readonly ScoreReport[];
  /** What works here, a line each; null where the caller need not know. */
  readonly diagnosis: readonly Finding[];
}

/** One thing that was looked at on this machine. */
export interface Finding {
  readonly subject: string;
  readonly message: string;
}

/**
 * Writes the start page: what there is, what goes on, what came out, what works.
 *
 * @param data lists of each kind
 */
export function writeOverviewPage(data: OverviewData): string {
  const { datasets, evaluations, scores } = data;
  const running = evaluations.filter(({ status }) => goesOn(status)).length +
    datasets.filter(({ status }) => status === "importing").length;
  return writeSitePage(
    "mammoeval",
    <div data-every={String(REFRESH_S)}>
      <h1>How well do these models do on our exams?</h1>
      <section aria-labelledby="evaluations">
        <h2 id="evaluations">Evaluations</h2>
        <div id="evaluation-list" data-live>
          {evaluations.length === 0 ? <NoEvaluation /> : <Evaluations items={evaluations} />}
        </div>
      </section>
      <section aria-labelledby="reports">
        <h2 id="reports">Score reports</h2>
        <div id="report-list" data-live>
          {scores.length === 0 ? <p>There is no score yet.</p> : <Scores items={scores} />}
          {scores.some(({ dataset }) => dataset !== null) && <Leaderboards items={scores} />}
        </div>
      </section>
      <section aria-labelledby="datasets">
        <h2 id="datasets">Datasets</h2>
        <div id="dataset-list" data-live>
          {datasets.length === 0 ? <NoDataset /> : <Datasets items={datasets} />}
        </div>
      </section>
      <Models items={data.models} unusable={data.unusable} />
      <section aria-labelledby="doctor">
        <h2 id="doctor">What works here</h2>
        <table class="facts">
          <tbody>
            {data.diagnosis.map(({ subject, message }) => (
              <tr>
                <th scope="row">{subject}</th>
                <td>{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>,
    running > 0,
  );
}

function NoEvaluation(): JSX.Element {
  return (
    <p>
      Nothing has been evaluated yet. <a href="/evaluations/new">Evaluate a model</a>.
    </p>
  );
}

function NoDataset(): JSX.Element {
  return (
    <p>
      There is no dataset yet. <a href="/datasets/new">Register your data</a>.
    </p>
  );
}

function Evaluations({ items }: { readonly items: readonly EvaluationRecord[] }): JSX.Element {
  return (
    <ScrollingTable label="Table of evaluations">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Dataset</th>
            <th scope="col">Experiment</th>
            <th scope="col">State</th>
            <th scope="col">Asked for</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr>
              <th scope="row">
                <a href={`/evaluations/${item.id}`}>{item.model}</a>
              </th>
              <td>{item.dataset}</td>
              <td>{item.experiment}</td>
              <td>
                <span class="state">{item.status}</span>
                <small>{progressText(item)}</small>
              </td>
              <td class="whole">{momentText(item.created_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollingTable>
  );
}

function Scores({ items }: { readonly items: readonly ScoreReport[] }): JSX.Element {
  return (
    <ScrollingTable label="Table of score reports">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Dataset</th>
            <th scope="col" class="number">Exams</th>
            <th scope="col" class="number">AUROC by breast</th>
            <th scope="col" class="number">Interval by exam</th>
            <th scope="col">Scored</th>
          </tr>
        </thead>
        <tbody>{items.map((score) => <ScoreLine score={score} />)}</tbody>
      </table>
    </ScrollingTable>
  );
}

/** A leaderboard is of a dataset that has scores, also where the dataset is gone. */
function Leaderboards({ items }: { readonly items: readonly ScoreReport[] }): JSX.Element {
  const datasets = new Set(items.map(({ dataset }) => dataset).filter((name) => name !== null));
  return (
    <ul>
      {[...datasets].sort().map((dataset) => (
        <li>
          <a href={`/leaderboards/${dataset}`}>Leaderboard of {dataset}</a>
        </li>
      ))}
    </ul>
  );
}

function ScoreLine({ score }: { readonly score: ScoreReport }): JSX.Element {
  const { auroc, exams } = score.levels.breast;
  return (
    <tr>
      <th scope="row">
        <a href={`/reports/${score.id}`}>{score.model ?? "predictions made elsewhere"}</a>
      </th>
      <td>{score.dataset ?? "uploaded"}</td>
      <td class="number">{countText(exams)}</td>
      <td class="number">{auroc.value === null ? "undefined" : metricText(auroc.value)}</td>
      <td class="number">{intervalText(auroc.ci_by_exam)}</td>
      <td class="whole">{momentText(score.created_at)}</td>
    </tr>
  );
}

function Datasets({ items }: { readonly items: readonly DatasetRecord[] }): JSX.Element {
  return (
    <ScrollingTable label="Table of datasets">
      <table>
        <thead>
          <tr>
            <th scope="col">Dataset</th>
            <th scope="col">State</th>
            <th scope="col" class="number">Exams</th>
            <th scope="col" class="number">Images</th>
            <th scope="col" class="number">Malignant breasts</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr>
              <th scope="row">
                <a href={`/datasets/${item.id}`}>{item.id}</a>
              </th>
              <td class="state">{item.status}</td>
              <td class="number">{countText(item.exams)}</td>
              <td class="number">{countText(item.images)}</td>
              <td class="number">{countText(item.malignant_breasts)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollingTable>
  );
}

function Models(
  { items, unusable }: { readonly items: readonly ModelRecord[] } & Pick<OverviewData, "unusable">,
): JSX.Element {
  return (
    <section aria-labelledby="models">
      <h2 id="models">Models</h2>
      <ScrollingTable label="Table of models">
        <table>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Runs on</th>
              <th scope="col">Predicts by</th>
              <th scope="col">Container image</th>
            </tr>
          </thead>
          <tbody>
            {items.map((model) => (
              <tr>
                <th scope="row">
                  {model.name}
                  {model.title !== null && <small>{model.title}</small>}
                </th>
                <td>{model.devices.join(", ")}</td>
                <td>{model.level ?? "told by its predictions"}</td>
                <td>{model.image === null ? "built when it is needed" : "ready"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollingTable>
      {unusable.length > 0 && (
        <div class="warnings">
          <h3>{counted(unusable.length, "model folder")} cannot be used</h3>
          <ul>
            {unusable.map(({ name, message }) => (
              <li>
                <code>{name}</code>: {message}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
