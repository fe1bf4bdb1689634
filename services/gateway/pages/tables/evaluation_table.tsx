import type { JSX } from "hono/jsx/jsx-runtime";
import type { EvaluationRecord } from "../../../../shared/contracts/evaluations.ts";
import { type Column, column, momentText, StateWord, Table } from "../../../../shared/pages/mod.ts";
import { progressText } from "../progress_text.ts";
import { type Subject, subjectColumns } from "./subject_columns.tsx";

const SUBJECT: Subject<EvaluationRecord> = {
  model: ({ model }) => model,
  dataset: ({ dataset }) => dataset,
  href: ({ id }) => `/evaluations/${id}`,
};

const COLUMNS: readonly Column<EvaluationRecord>[] = [
  column("text", "Experiment", ({ experiment }) => experiment),
  column("text", "State", (item) => (
    <>
      <StateWord state={item.status} />
      <small>{progressText(item)}</small>
    </>
  )),
  column("whole", "Asked for", ({ created_at }) => momentText(created_at)),
];

/** A table of evaluations with their states. */
export function EvaluationTable({ items, of }: {
  readonly items: readonly EvaluationRecord[];
  /** The common model or dataset, whose column is left out; by default none. */
  readonly of?: "model" | "dataset";
}): JSX.Element | null {
  return (
    <Table
      label="Table of evaluations"
      columns={[...subjectColumns(SUBJECT, of), ...COLUMNS]}
      rows={items}
      long
      empty={
        <p>
          No evaluations yet. <a href="/evaluations/new">Evaluate a model</a>.
        </p>
      }
    />
  );
}
