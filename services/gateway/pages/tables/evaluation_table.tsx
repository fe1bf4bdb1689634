import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  EvaluationRecord,
  EvaluationStatus,
} from "../../../../shared/contracts/evaluations.ts";
import {
  type Column,
  column,
  counted,
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
  column("text", "Experiment", ({ experiment, name, request: { parameters } }) => (
    <>
      {experiment}
      {name !== undefined && <small>{name}</small>}
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

export function goesOn(status: EvaluationStatus): boolean {
  return !["succeeded", "failed", "cancelled"].includes(status);
}

/** Progress or end of an evaluation in a few words: `3 of 16, about 2 minutes left`, `took 2 min 5 s`, `out of memory`; may be empty. */
export function progressText(evaluation: EvaluationRecord, now: number = Date.now()): string {
  const { progress, error, started_at, finished_at, status } = evaluation;
  if (error !== null) return error.type.replaceAll("_", " ");
  if (status === "succeeded" && started_at !== null && finished_at !== null) {
    return `took ${durationText(Date.parse(finished_at) - Date.parse(started_at))}`;
  }
  if (!goesOn(status)) return "";
  const { done, total, note } = progress;
  const counts = done === null || total === null ? "" : `${countText(done)} of ${countText(total)}`;
  return [counts, leftText(evaluation, now), note ?? ""].filter((part) => part !== "").join(", ");
}

/** Estimate of the time left from the pace so far: `about 3 minutes left`; empty without a pace. */
function leftText(
  { status, started_at, progress: { done, total }, provenance }: EvaluationRecord,
  now: number,
): string {
  if (status !== "running" || started_at === null || total === null || (done ?? 0) === 0) return "";
  const built = Number(provenance["build_ms"] ?? 0);
  const ran = now - Date.parse(started_at) - built;
  const minutes = Math.ceil((ran / done!) * (total - done!) / 60_000);
  if (!(minutes > 0)) return "";
  return minutes < 120
    ? `about ${counted(minutes, "minute")} left`
    : `about ${counted(Math.round(minutes / 60), "hour")} left`;
}
