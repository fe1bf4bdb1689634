import type { DatabaseSync } from "node:sqlite";
import type { EvaluationNotes } from "../../../shared/contracts/evaluations.ts";
import { type Delivery, postMessage } from "./outbox.ts";
import type { Evaluation, EvaluationEvent, KeptAnswer } from "./ledger.ts";
import { inTransaction } from "./sqlite_database.ts";
import {
  findEvaluation,
  writeEvaluation,
  writeEvent,
  writeKeptAnswer,
} from "./sqlite_evaluations.ts";
import { noteUse } from "./sqlite_uses.ts";
import { v7 as uuidv7 } from "uuid";

export interface Change {
  /** Computes the next evaluation from the current one; null leaves it as it is. */
  readonly decide: (current: Evaluation) => Evaluation | null;
  readonly event: (
    next: Evaluation,
  ) => { type: EvaluationEvent["type"]; data: Readonly<Record<string, unknown>> };
  /** {@linkcode inTransaction}, or {@linkcode inLooseTransaction} for what a power cut may undo. */
  readonly transact: typeof inTransaction;
}

/** Adds new evaluations with their uses, first events and stored answer, in one transaction. */
export function writeNew(
  database: DatabaseSync,
  evaluations: readonly Evaluation[],
  kept: { readonly key: string; readonly answer: KeptAnswer } | undefined,
): void {
  inTransaction(database, () => {
    for (const evaluation of evaluations) {
      writeEvaluation(database, evaluation);
      noteUse(database, evaluation);
      writeEvent(database, evaluation.id, "status", { status: evaluation.status });
    }
    if (kept !== undefined) writeKeptAnswer(database, kept.key, kept.answer);
  });
}

/** Writes a change with its event, use and webhook message in one transaction; null when nothing changes. */
export function writeChange(
  database: DatabaseSync,
  id: string,
  { decide, event, transact }: Change,
): Evaluation | null {
  return transact(database, () => {
    const current = findEvaluation(database, id);
    const decided = current === null ? null : decide(current);
    if (decided === null) return null;
    const next = { ...decided, version: decided.version + 1 };
    writeEvaluation(database, next);
    const { type, data } = event(next);
    writeEvent(database, id, type, data);
    if (next.status !== current?.status) {
      noteUse(database, next);
      const message = webhookMessage(next);
      if (message !== null) postMessage(database, message);
    }
    return next;
  });
}

export function writeNotes(
  database: DatabaseSync,
  id: string,
  changed: EvaluationNotes,
): Evaluation | null {
  return inTransaction(database, () => {
    const current = findEvaluation(database, id);
    if (current === null) return null;
    const { name = null, notes = null, ...rest } = { ...current, ...changed };
    const next = {
      ...rest,
      ...(name ? { name } : {}),
      ...(notes ? { notes } : {}),
      version: rest.version + 1,
    };
    writeEvaluation(database, next);
    return next;
  });
}

/** The message for a new state, if a webhook wants it; without results or log lines, as it may leave the site. */
function webhookMessage(
  evaluation: Evaluation,
): Pick<Delivery, "id" | "evaluation" | "url" | "event" | "body"> | null {
  const { id, request, status, error, score } = evaluation;
  const { webhook } = request;
  if (webhook === undefined || !(webhook.events as readonly string[]).includes(status)) return null;
  const event = `evaluation.${status}`;
  const body = {
    type: event,
    timestamp: new Date().toISOString(),
    data: {
      id,
      model: request.model,
      experiment: request.experiment,
      dataset: request.dataset,
      status,
      error: error?.type ?? null,
      evaluation: `/v1/evaluations/${id}`,
      score: score === null ? null : `/v1/scores/${score}`,
    },
  };
  return {
    id: `msg_${uuidv7()}`,
    evaluation: id,
    url: webhook.url,
    event,
    body: JSON.stringify(body),
  };
}
