import type { JSX } from "hono/jsx/jsx-runtime";
import type { EvaluationRecord } from "../../../../shared/contracts/evaluations.ts";
import { type Column, momentText, StateWord, Table } from "../../../../shared/pages/mod.ts";
import { progressText } from "../progress_text.ts";

const COLUMNS: readonly Column<EvaluationRecord>[] = [
  {
    title: "Model",
    kind: "head",
    cell: ({ id, model }) => <a href={`/evaluations/${id}`}>{model}</a>,
  },
  { title: "Dataset", cell: ({ dataset }) => dataset },
  { title: "Experiment", cell: ({ experiment }) => experiment },
  {
    title: "State",
    cell: (item) => (
      <>
        <StateWord state={item.status} />
        <small>{progressText(item)}</small>
      </>
    ),
  },
  { title: "Asked for", kind: "whole", cell: ({ created_at }) => momentText(created_at) },
];

/** Evaluations with their states. */
export function EvaluationTable(
  { items }: { readonly items: readonly EvaluationRecord[] },
): JSX.Element {
  return (
    <Table
      label="Table of evaluations"
      columns={COLUMNS}
      rows={items}
      long
      empty={
        <p>
          Nothing has been evaluated yet. <a href="/evaluations/new">Evaluate a model</a>.
        </p>
      }
    />
  );
}
