import type { JSX } from "hono/jsx/jsx-runtime";
import type { ScoreReport } from "../../../../shared/contracts/scores.ts";
import { countText, intervalText, metricText, momentText } from "./number_text.ts";
import { ScrollingTable, writePage } from "./page_frame.tsx";
import { modelName } from "./report_names.ts";

/** What the start page shows. */
export interface HomePageData {
  /** Scores, newest first; the caller has bounded them. */
  readonly reports: readonly ScoreReport[];
  /** How many scores there are in all. */
  readonly total: number;
  /** Datasets that have a score, in the order in which they are listed. */
  readonly datasets: readonly string[];
}

/**
 * Writes the start page: leaderboards by dataset, score reports, where the API is.
 *
 * @param data scores and datasets
 * @returns an HTML document
 */
export function writeHomePage({ reports, total, datasets }: HomePageData): string {
  return writePage(
    "mammoeval",
    [],
    <>
      <h1>How well do these models do on our exams?</h1>
      {total === 0 ? <Empty /> : (
        <>
          <section aria-labelledby="datasets">
            <h2 id="datasets">Leaderboards</h2>
            <ul>
              {datasets.map((dataset) => (
                <li>
                  <a href={`/leaderboards/${dataset}`}>{dataset}</a>
                </li>
              ))}
              {datasets.length === 0 && <li>No registered dataset has a score yet.</li>}
            </ul>
          </section>
          <section aria-labelledby="reports">
            <h2 id="reports">Score reports</h2>
            <ReportTable reports={reports} />
            {total > reports.length && (
              <p>
                The newest {countText(reports.length)} of {countText(total)}; all of them at{" "}
                <a href="/v1/scores">/v1/scores</a>.
              </p>
            )}
          </section>
        </>
      )}
    </>,
  );
}

function Empty(): JSX.Element {
  return (
    <>
      <p>There is no score yet. Evaluate a model, or score predictions that you have:</p>
      <pre tabindex={0}>
        <code>curl -F data_list=@data.pkl -F predictions=@predictions.csv http://…/v1/scores</code>
      </pre>
      <p>
        The <a href="/docs">API’s page</a> has everything that can be asked for.
      </p>
    </>
  );
}

function ReportTable({ reports }: Pick<HomePageData, "reports">): JSX.Element {
  return (
    <ScrollingTable label="Table of score reports">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Dataset</th>
            <th scope="col">Experiment</th>
            <th scope="col" class="number">Exams</th>
            <th scope="col" class="number">AUROC by breast</th>
            <th scope="col" class="number">Interval by exam</th>
            <th scope="col">Scored</th>
          </tr>
        </thead>
        <tbody>{reports.map((report) => <ReportLine report={report} />)}</tbody>
      </table>
    </ScrollingTable>
  );
}

function ReportLine({ report }: { readonly report: ScoreReport }): JSX.Element {
  const { auroc, exams } = report.levels.breast;
  return (
    <tr>
      <th scope="row">
        <a href={`/reports/${report.id}`}>{modelName(report)}</a>
      </th>
      <td>{report.dataset ?? "uploaded"}</td>
      <td>{report.experiment ?? "—"}</td>
      <td class="number">{countText(exams)}</td>
      <td class="number">{auroc.value === null ? "undefined" : metricText(auroc.value)}</td>
      <td class="number">{intervalText(auroc.ci_by_exam)}</td>
      <td class="whole">{momentText(report.created_at)}</td>
    </tr>
  );
}
