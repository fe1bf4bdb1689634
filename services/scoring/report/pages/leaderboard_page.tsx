import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  Leaderboard,
  LeaderboardEntry,
  LeaderboardLevel,
} from "../../../../shared/contracts/leaderboards.ts";
import { type Level, LEVELS, mainLevelOf } from "../../../../shared/contracts/scores.ts";
import { FOREST_ROWS_MAX } from "../../../../shared/limits.ts";
import { clusterName, modelName } from "../names.ts";
import { forestChart } from "../forest_chart.ts";
import { renderSvg } from "../render_svg.ts";
import {
  coefficientInterval,
  type Column,
  column,
  counted,
  countText,
  intervalText,
  metricText,
  momentText,
  probabilityText,
  RelatedLinks,
  Section,
  signedMetricText,
  Table,
} from "../../../../shared/pages/mod.ts";
import { Chart, FOREST_WIDTH } from "./chart_figure.tsx";
import { PleaseNote } from "./please_note.tsx";
import { writeReport } from "./report_look.ts";

/** A model at one level. */
interface Row {
  readonly entry: LeaderboardEntry;
  readonly measured: LeaderboardLevel;
}

/**
 * Writes the page that ranks the models on one dataset.
 * @param mayAccessTruth whether the reader may see the truth of single exams
 */
export function writeLeaderboardPage(leaderboard: Leaderboard, mayAccessTruth = false): string {
  const { dataset, entries } = leaderboard;
  const title = `Leaderboard of ${dataset}`;
  const ranked = entries.filter(({ origin }) => origin !== "uploaded");
  const uploaded = entries.filter(({ origin }) => origin === "uploaded");
  return writeReport(
    `${title} · mammoeval`,
    true,
    <article>
      <h1>{title}</h1>
      <p class="byline">
        As of {momentText(leaderboard.created_at)}
        {leaderboard.dataset_digest !== null && (
          <>
            , dataset <code>{leaderboard.dataset_digest}</code>
          </>
        )}
      </p>
      {entries.length > 1 && (
        <RelatedLinks
          links={[{ href: `/comparisons/new?dataset=${dataset}`, text: "Compare models" }]}
        />
      )}
      {entries.length === 0
        ? <p>No model has a score on this dataset yet.</p>
        : <p class="lead">{leadOf(ranked.length > 0 ? ranked : uploaded)}</p>}
      {leaderboard.note !== null && <PleaseNote messages={[leaderboard.note]} />}
      <LevelBoards entries={ranked} />
      <LevelBoards entries={uploaded} isUploaded />
      <Excluded excluded={leaderboard.excluded} />
      <Section id="files" title="Files" kind="files">
        <ul>
          <li>
            <a href={`/v1/leaderboards/${dataset}.csv`}>This leaderboard as CSV</a>
          </li>
          <li>
            <a href={`/v1/leaderboards/${dataset}/scores.csv`}>
              Every value of all scores as CSV: intervals, operating points, subgroups
            </a>
          </li>
          {mayAccessTruth && (
            <li>
              <a href={`/v1/leaderboards/${dataset}/predictions.csv`}>
                Predictions of all models side by side, with the truth, as CSV
              </a>
            </li>
          )}
          <li>
            <a href={`/v1/leaderboards/${dataset}`}>This leaderboard as JSON</a>
          </li>
        </ul>
      </Section>
    </article>,
  );
}

/** Ranked entries by rank, then unranked ones. */
function rowsOf(entries: readonly LeaderboardEntry[], level: Level): Row[] {
  const last = entries.length + 1;
  return entries.flatMap((entry) => {
    const measured = entry.levels[level];
    return measured === undefined || measured.count === 0 ? [] : [{ entry, measured }];
  }).sort((a, b) => (a.measured.rank ?? last) - (b.measured.rank ?? last));
}

function leadOf(entries: readonly LeaderboardEntry[]): string {
  const models = counted(entries.length, "model");
  const level = entries.every(({ levels }) => mainLevelOf(levels) === "exam") ? "exam" : "breast";
  const [first] = rowsOf(entries, level);
  if (first === undefined) return `${models}.`;
  const { exams, count, positives } = first.measured;
  const breasts = level === "exam" ? "" : ` with ${counted(count, "breast")}`;
  const data = `${models} on ${counted(exams, "exam")}${breasts}, ` +
    `${countText(positives)} of them malignant.`;
  return first.measured.rank === null
    ? data
    : `${data} Highest AUROC: ${nameOf(first.entry)}, ${metricText(first.measured.auroc.value!)}.`;
}

/** Distinguishes versions of a model by their parameters. */
function nameOf(entry: LeaderboardEntry): string {
  const parameters = parametersText(entry);
  return parameters === "" ? modelName(entry) : `${modelName(entry)} (${parameters})`;
}

function parametersText({ parameters }: LeaderboardEntry): string {
  return Object.entries(parameters).map(([name, value]) =>
    `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`
  ).join(", ");
}

function LevelBoards({ entries, isUploaded = false }: {
  readonly entries: readonly LeaderboardEntry[];
  readonly isUploaded?: boolean;
}): JSX.Element {
  return (
    <>
      {LEVELS.map((level) => {
        const rows = rowsOf(entries, level);
        return rows.length > 0 && <LevelBoard level={level} rows={rows} isUploaded={isUploaded} />;
      })}
    </>
  );
}

function LevelBoard({ level, rows, isUploaded }: {
  readonly level: Level;
  readonly rows: readonly Row[];
  readonly isUploaded: boolean;
}): JSX.Element {
  const id = isUploaded ? `uploaded-${level}-board` : `${level}-board`;
  const unit = clusterName(...rows.map(({ measured }) => measured));
  const by = isUploaded ? `${level}, uploaded predictions` : level;
  const drawn = rows.slice(0, FOREST_ROWS_MAX);
  const chart = forestChart({
    title: `AUROC by ${by}`,
    subtitle: "",
    metric: `AUROC with its interval by ${unit}`,
    overall: null,
    rows: drawn.map(({ entry, measured: { auroc } }) => ({
      label: nameOf(entry),
      value: auroc.value,
      ci: auroc.ci_by_exam,
    })),
    width: FOREST_WIDTH,
  });
  return (
    <Section id={id} title={`By ${by}`}>
      {isUploaded && (
        <p>
          These predictions were uploaded; no model ran here. They are ranked among themselves.
        </p>
      )}
      <Chart
        svg={renderSvg(chart)}
        caption={rows.length > drawn.length
          ? `The first ${drawn.length} of ${rows.length}.`
          : "Overlapping intervals do not mean that models are equal: see the test in the table."}
        wide={`AUROC of the models by ${by}, drawn`}
      />
      <Table label={`Models by ${by}`} columns={COLUMNS} rows={rows} long />
      <p class="note">
        Under each value stands its interval by{" "}
        {unit}, then the one by row. The difference from the best is tested by DeLong’s method
        clustered by{" "}
        {unit}. p values are corrected by Holm over all pairs of models, because the best was chosen
        on the same exams; its lead and the intervals are not corrected for that choice and look too
        large. Evaluations left are those that a model author still has on this dataset.
      </p>
    </Section>
  );
}

const COLUMNS: readonly Column<Row>[] = [
  column("number", "Rank", ({ measured: { rank } }) => rank ?? "—"),
  column("head", "Model", ({ entry }) => <ModelCell entry={entry} />),
  column("number", "AUROC", ({ measured }) => areaCell(measured.auroc)),
  column("number", "Average precision", ({ measured }) => areaCell(measured.average_precision)),
  column("number", "AUPRC", ({ measured }) => areaCell(measured.auprc)),
  column("number", "AUROC minus the best", ({ measured }) => differenceCell(measured)),
  column("number", "p (Holm)", ({ measured }) => pText(measured)),
  column("number", "Evaluations left", ({ entry }) => entry.quota_left_at_most ?? "—"),
];

function ModelCell({ entry }: { readonly entry: LeaderboardEntry }): JSX.Element {
  const parameters = parametersText(entry);
  return (
    <>
      <a href={`/reports/${entry.score}`}>{modelName(entry)}</a>
      {parameters !== "" && <small>{parameters}</small>}
      {entry.model_version !== null && <small>version {shortVersion(entry.model_version)}</small>}
      {entry.origin === "ensemble" && <small>ensemble</small>}
      <small>
        {entry.experiment !== null && `${entry.experiment}, `}
        {momentText(entry.created_at)}
      </small>
      {entry.superseded.length > 0 && (
        <small>{counted(entry.superseded.length, "earlier score")}</small>
      )}
      {entry.warnings_total > 0 && <small>{counted(entry.warnings_total, "warning")}</small>}
    </>
  );
}

function areaCell({ value, ci_by_exam, ci, note }: LeaderboardLevel["auprc"]): JSX.Element {
  return (
    <>
      {metricText(value)}
      {note && <small>{note}</small>}
      <small>{intervalText(ci_by_exam)}</small>
      <small>{intervalText(ci)}</small>
    </>
  );
}

function differenceCell({ against_best: against, rank }: LeaderboardLevel): JSX.Element {
  if (against === null) return <>{rank === 1 ? "the best" : "—"}</>;
  const { difference, ci } = against;
  return (
    <>
      {difference.value === null ? "undefined" : signedMetricText(difference.value)}
      <small>{coefficientInterval(ci, signedMetricText)}</small>
    </>
  );
}

function pText({ against_best: against }: LeaderboardLevel): string {
  return against === null || against.p_holm === null ? "—" : probabilityText(against.p_holm);
}

function shortVersion(version: string): string {
  return version.replace(/^(sha256:)?([0-9a-f]{12})[0-9a-f]+$/, "$2…");
}

function Excluded({ excluded }: Pick<Leaderboard, "excluded">): JSX.Element | null {
  if (excluded.length === 0) return null;
  return (
    <Section id="excluded" title="Left out">
      <ul>
        {excluded.map(({ score, model, reason }) => (
          <li>
            <a href={`/reports/${score}`}>{modelName({ model })}</a>: {reason}
          </li>
        ))}
      </ul>
    </Section>
  );
}
