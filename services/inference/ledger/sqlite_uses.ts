import type { DatabaseSync } from "node:sqlite";
import type { EvaluationErrorType } from "../../../shared/contracts/evaluations.ts";
import type { Evaluation } from "./ledger.ts";
import type { Use, Uses } from "./uses.ts";
import { statement } from "./sqlite_database.ts";

/** Failures caused by the model; the others are the platform's. */
const MODEL_FAULTS: readonly EvaluationErrorType[] = [
  "out_of_memory",
  "too_many_processes",
  "too_much_output",
  "disk_limit_exceeded",
  "timed_out",
  "container_failed",
  "invalid_predictions",
];

/** Records the state of a use; part of the transaction that changes the evaluation. */
export function noteUse(database: DatabaseSync, evaluation: Evaluation): void {
  const { id, user, request, provenance, status, error, createdAt } = evaluation;
  statement(
    database,
    `INSERT INTO uses (evaluation, user, model, model_version, dataset, dataset_digest, status, error, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (evaluation) DO UPDATE SET
       model_version = excluded.model_version, status = excluded.status, error = excluded.error`,
  ).run(
    id,
    user,
    request.model,
    String(provenance["model_version"] ?? ""),
    request.dataset,
    String(provenance["dataset_digest"] ?? ""),
    status,
    error?.type ?? null,
    createdAt,
  );
}

export function createSqliteUses(database: DatabaseSync): Uses {
  return {
    counted(modelVersion, datasetDigest): number {
      const faults = MODEL_FAULTS.map(() => "?").join(", ");
      const row = statement(
        database,
        `SELECT count(*) AS n FROM uses WHERE model_version = ? AND dataset_digest = ?
         AND (status NOT IN ('failed', 'cancelled') OR (status = 'failed' AND error IN (${faults})))`,
      ).get(modelVersion, datasetDigest, ...MODEL_FAULTS);
      return Number(row?.["n"]);
    },
    list({ user = null, model = null, dataset = null }): Use[] {
      return statement(
        database,
        `SELECT user, model, model_version, max(dataset) AS dataset, dataset_digest,
           sum(status NOT IN ('succeeded', 'failed', 'cancelled')) AS under_way,
           sum(status = 'succeeded') AS succeeded,
           sum(status = 'failed') AS failed,
           sum(status = 'cancelled') AS cancelled,
           min(at) AS first_at, max(at) AS last_at
         FROM uses
         WHERE (user = ?1 OR ?1 IS NULL) AND (model = ?2 OR ?2 IS NULL) AND (dataset = ?3 OR ?3 IS NULL)
         GROUP BY user, model, model_version, dataset_digest
         ORDER BY last_at DESC, user, model`,
      ).all(user, model, dataset) as unknown as Use[];
    },
  };
}
