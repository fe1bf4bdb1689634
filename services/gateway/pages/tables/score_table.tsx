import type { JSX } from "hono/jsx/jsx-runtime";
import type { ScoreReport } from "../../../../shared/contracts/scores.ts";
import {
  type Column,
  countText,
  intervalText,
  metricText,
  momentText,
  Table,
} from "../../../../shared/pages/mod.ts";

const COLUMNS: readonly Column<ScoreReport>[] = [
  {
    title: "Model",
    kind: "head",
    cell: ({ id, model }) => <a href={`/reports/${id}`}>{model ?? "predictions made elsewhere"}</a>,
  },
  { title: "Dataset", cell: ({ dataset }) => dataset ?? "uploaded" },
  { title: "Exams", kind: "number", cell: ({ levels }) => countText(levels.breast.exams) },
  {
    title: "AUROC by breast",
    kind: "number",
    cell: ({ levels: { breast: { auroc } } }) =>
      auroc.value === null ? "undefined" : metricText(auroc.value),
  },
  {
    title: "Interval by exam",
    kind: "number",
    cell: ({ levels }) => intervalText(levels.breast.auroc.ci_by_exam),
  },
  { title: "Scored", kind: "whole", cell: ({ created_at }) => momentText(created_at) },
];

/** Scores, each with the number that is asked for first. */
export function ScoreTable({ items }: { readonly items: readonly ScoreReport[] }): JSX.Element {
  return (
    <Table
      label="Table of score reports"
      columns={COLUMNS}
      rows={items}
      long
      empty={<p>There is no score yet.</p>}
    />
  );
}
