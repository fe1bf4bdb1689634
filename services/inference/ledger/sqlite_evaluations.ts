import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type {
  EvaluationOrderName,
  EvaluationRequest,
  EvaluationStatus,
} from "../../../shared/contracts/evaluations.ts";
import type { Evaluation, EvaluationEvent, EvaluationFilter, KeptAnswer } from "./ledger.ts";
import { statement } from "./sqlite_database.ts";

// SQL for evaluations, their events and stored answers.

export function findEvaluation(database: DatabaseSync, id: string): Evaluation | null {
  const found = statement(database, "SELECT body FROM evaluations WHERE id = ?").get(id);
  return found === undefined ? null : JSON.parse(String(found["body"]));
}

export function latestId(database: DatabaseSync): string | null {
  const id = statement(database, "SELECT max(id) AS id FROM evaluations").get()?.["id"];
  return typeof id === "string" ? id : null;
}

export function writeEvaluation(database: DatabaseSync, evaluation: Evaluation): void {
  statement(
    database,
    `INSERT INTO evaluations (id, status, model, dataset, version, body, device)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version, body = excluded.body`,
  ).run(
    evaluation.id,
    evaluation.status,
    evaluation.request.model,
    evaluation.request.dataset,
    evaluation.version,
    JSON.stringify(evaluation),
    evaluation.request.device,
  );
}

/** Deletes an evaluation and its stored answer; events and deliveries go by cascade. */
export function removeEvaluation(database: DatabaseSync, id: string): boolean {
  statement(database, "DELETE FROM kept_answers WHERE evaluation = ?").run(id);
  return statement(database, "DELETE FROM evaluations WHERE id = ?").run(id).changes === 1;
}

/** Columns by which a list is sorted; by age otherwise. */
const SORT_KEYS: ReadonlySet<string> = new Set([
  "model",
  "dataset",
  "status",
  "experiment",
  "user",
]);

type Condition = readonly [sql: string, ...values: SQLInputValue[]];

export function listEvaluations(database: DatabaseSync, filter: EvaluationFilter): Evaluation[] {
  const { sort = "newest", after, limit } = filter;
  const isByKey = SORT_KEYS.has(sort);
  const order = isByKey ? `${sort}, id DESC` : `id ${sort === "oldest" ? "ASC" : "DESC"}`;
  const conditions = [
    ...conditionsOf(filter),
    ...after === undefined ? [] : [follows(sort, after)],
  ];
  // The page is found by the index; only its bodies are read.
  const page = selected(database, "id", conditions, `ORDER BY ${order} LIMIT ?`, limit);
  const body = statement(database, "SELECT body FROM evaluations WHERE id = ?");
  return page.map(({ id }) => JSON.parse(String(body.get(String(id))!["body"])));
}

export function countEvaluations(
  database: DatabaseSync,
  filter: Omit<EvaluationFilter, "after" | "limit">,
): number {
  return Number(selected(database, "count(*) AS n", conditionsOf(filter), "")[0]!["n"]);
}

function selected(
  database: DatabaseSync,
  columns: string,
  conditions: readonly Condition[],
  end: string,
  ...values: SQLInputValue[]
): Record<string, unknown>[] {
  const where = conditions.length === 0
    ? ""
    : `WHERE ${conditions.map(([sql]) => `(${sql})`).join(" AND ")}`;
  // Not kept prepared: filters and orders combine to hundreds of texts.
  return database.prepare(
    `SELECT ${columns} FROM evaluations INDEXED BY evaluations_listed ${where} ${end}`,
  )
    .all(...conditions.flatMap(([, ...bound]) => bound), ...values);
}

function conditionsOf(filter: Omit<EvaluationFilter, "after" | "limit">): Condition[] {
  const { user, model, dataset, status, search, seenBy } = filter;
  const conditions: (Condition | undefined)[] = [
    user === undefined ? undefined : ["user = ?", user],
    model === undefined ? undefined : ["model = ?", model],
    dataset === undefined ? undefined : ["dataset = ?", dataset],
    status === undefined ? undefined : ["status = ?", status],
    search === undefined ? undefined : ["instr(searched, lower(?)) > 0", search],
    seenBy === undefined
      ? undefined
      : ["audience = 'all' OR audience = 'user' AND user = ?", seenBy],
  ];
  return conditions.filter((condition) => condition !== undefined);
}

/** The condition of a later place in the order than that of an evaluation. */
function follows(sort: EvaluationOrderName, after: string): Condition {
  if (!SORT_KEYS.has(sort)) return [`id ${sort === "oldest" ? ">" : "<"} ?`, after];
  const last = `(SELECT ${sort} FROM evaluations WHERE id = ?)`;
  return [`${sort} > ${last} OR ${sort} = ${last} AND id < ?`, after, after, after];
}

export function unfinishedEvaluations(database: DatabaseSync): Evaluation[] {
  const open: EvaluationStatus[] = ["queued", "building", "running", "scoring"];
  return statement(
    database,
    `SELECT body FROM evaluations WHERE status IN (?, ?, ?, ?) ORDER BY id`,
  )
    .all(...open)
    .map((row) => JSON.parse(String(row["body"])));
}

/** Evaluations that wait for this kind of device here, not in a cluster's queue, by age. */
export function queuedEvaluations(
  database: DatabaseSync,
  device: EvaluationRequest["device"],
  limit: number,
): Evaluation[] {
  return statement(
    database,
    `SELECT body FROM evaluations WHERE status = 'queued' AND device = ?
       AND json_extract(body, '$.submitted') IS NOT 1
     ORDER BY id LIMIT ?`,
  )
    .all(device, limit)
    .map((row) => JSON.parse(String(row["body"])));
}

export function writeEvent(
  database: DatabaseSync,
  id: string,
  type: EvaluationEvent["type"],
  data: Readonly<Record<string, unknown>>,
): void {
  statement(database, "INSERT INTO events (evaluation, type, data, at) VALUES (?, ?, ?, ?)")
    .run(id, type, JSON.stringify(data), new Date().toISOString());
}

export function eventsAfter(database: DatabaseSync, id: string, after: number): EvaluationEvent[] {
  return statement(
    database,
    "SELECT * FROM events WHERE evaluation = ? AND sequence > ? ORDER BY sequence",
  )
    .all(id, after)
    .map((row) => ({
      sequence: Number(row["sequence"]),
      evaluation: id,
      type: row["type"] as EvaluationEvent["type"],
      data: JSON.parse(String(row["data"])),
      at: String(row["at"]),
    }));
}

export function writeKeptAnswer(database: DatabaseSync, key: string, answer: KeptAnswer): void {
  statement(
    database,
    "INSERT INTO kept_answers (key, fingerprint, evaluation, body, at) VALUES (?, ?, ?, ?, ?)",
  )
    .run(key, answer.fingerprint, answer.evaluation, answer.body, new Date().toISOString());
}

export function findKeptAnswer(database: DatabaseSync, key: string): KeptAnswer | null {
  const row = statement(
    database,
    "SELECT fingerprint, evaluation, body FROM kept_answers WHERE key = ?",
  ).get(key);
  return row === undefined ? null : {
    fingerprint: String(row["fingerprint"]),
    evaluation: String(row["evaluation"]),
    body: String(row["body"]),
  };
}
