import type { JSX } from "hono/jsx/jsx-runtime";
import {
  type LevelReport,
  mainLevelOf,
  type ScoreReport,
} from "../../../../shared/contracts/scores.ts";
import {
  type Column,
  column,
  countText,
  intervalText,
  metricText,
  momentText,
  Table,
} from "../../../../shared/pages/mod.ts";

const SUBJECT: Subject<ScoreReport> = {
  model: ({ name, model }) => [name, model ?? "existing predictions"].filter(Boolean).join(" · "),
  dataset: ({ dataset }) => dataset ?? "uploaded",
  href: ({ id }) => `/reports/${id}`,
};

function mainOf({ levels }: ScoreReport): LevelReport {
  return levels[mainLevelOf(levels)]!;
}

const COLUMNS: readonly Column<ScoreReport>[] = [
  column("text", "Experiment", ({ experiment }) => experiment ?? "—"),
  column("number", "Exams", (score) => countText(mainOf(score).exams)),
  column("number", "AUROC by breast", (score) => {
    const { value } = mainOf(score).auroc;
    const note = mainLevelOf(score.levels) === "exam" ? " by exam" : "";
    return value === null ? "undefined" : `${metricText(value)}${note}`;
  }),
  column(
    "number",
    "Interval by exam or woman",
    (score) => intervalText(mainOf(score).auroc.ci_by_exam),
  ),
  column("whole", "Scored", ({ created_at }) => momentText(created_at)),
];

export function ScoreTable({ items, of }: {
  readonly items: readonly ScoreReport[];
  /** The common model or dataset, whose column is left out; by default none. */
  readonly of?: "model" | "dataset";
}): JSX.Element | null {
  return (
    <Table
      label="Scores"
      columns={[...subjectColumns(SUBJECT, of), ...COLUMNS]}
      rows={items}
      long
      empty={<p>No scores yet.</p>}
    />
  );
}

/** Model, dataset and page address of a row. */
export interface Subject<Row> {
  readonly model: (row: Row) => string;
  readonly dataset: (row: Row) => string;
  readonly href: (row: Row) => string;
}

/** Creates a table's first columns, model and dataset; the first one links to the row's page. */
export function subjectColumns<Row>(
  { model, dataset, href }: Subject<Row>,
  common: "model" | "dataset" | undefined,
): Column<Row>[] {
  const linked = (name: (row: Row) => string): Column<Row>["cell"] => (row) => (
    <a href={href(row)}>{name(row)}</a>
  );
  if (common === "model") return [column("head", "Dataset", linked(dataset))];
  const head = column("head", "Model", linked(model));
  return common === "dataset" ? [head] : [head, column("text", "Dataset", dataset)];
}
