import type { JSX } from "hono/jsx/jsx-runtime";
import { mainLevelOf } from "../../../../shared/contracts/scores.ts";
import type { LevelReport, ScoreReport } from "../../../../shared/contracts/scores.ts";
import {
  type Column,
  column,
  countText,
  intervalText,
  metricText,
  momentText,
  Table,
} from "../../../../shared/pages/mod.ts";
import { type Subject, subjectColumns } from "./subject_columns.tsx";

const SUBJECT: Subject<ScoreReport> = {
  model: ({ model }) => model ?? "existing predictions",
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

/** A table of scores with their AUROC. */
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
