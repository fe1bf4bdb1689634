import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  EvaluationRecord,
  EvaluationStatus,
} from "../../../../shared/contracts/evaluations.ts";
import {
  type Column,
  column,
  countText,
  durationText,
  momentText,
  StateWord,
  Table,
} from "../../../../shared/pages/mod.ts";
import { type Subject, subjectColumns } from "./score_table.tsx";

const SUBJECT: Subject<EvaluationRecord> = {
  model: ({ model }) => model,
  dataset: ({ dataset }) => dataset,
  href: ({ id }) => `/evaluations/${id}`,
};

const COLUMNS: readonly Column<EvaluationRecord>[] = [
  column("text", "Experiment", ({ experiment, request: { parameters } }) => (
    <>
      {experiment}
      <small>
        {Object.entries(parameters).map(([name, value]) => `${name}=${value}`).join(" ")}
      </small>
    </>
  )),
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

/** Whether the evaluation has not ended. */
export function goesOn(status: EvaluationStatus): boolean {
  return !["succeeded", "failed", "cancelled"].includes(status);
}

/** Progress or end of an evaluation in a few words: `3 of 16`, `took 2 min 5 s`, `out of memory`; may be empty. */
export function progressText(evaluation: EvaluationRecord): string {
  const { progress, error, started_at, finished_at, status } = evaluation;
  if (error !== null) return error.type.replaceAll("_", " ");
  if (status === "succeeded" && started_at !== null && finished_at !== null) {
    return `took ${durationText(Date.parse(finished_at) - Date.parse(started_at))}`;
  }
  if (!goesOn(status)) return "";
  const { done, total, note } = progress;
  const counts = done === null || total === null ? "" : `${countText(done)} of ${countText(total)}`;
  return [counts, note ?? ""].filter((part) => part !== "").join(", ");
}
