import type { EvaluationRecord, Shard } from "../../../shared/contracts/evaluations.ts";
import { BEGAN, type Evaluation, PLACES } from "./ledger.ts";

export function recordOf(evaluation: Evaluation): EvaluationRecord {
  const { id, request, status, progress, error, score } = evaluation;
  const self = `/v1/evaluations/${id}`;
  const { [BEGAN]: _, [PLACES]: __, shards, ...provenance } = evaluation.provenance;
  return {
    id,
    user: evaluation.user,
    ...(evaluation.name === undefined ? {} : { name: evaluation.name }),
    ...(evaluation.notes === undefined ? {} : { notes: evaluation.notes }),
    model: request.model,
    experiment: request.experiment,
    dataset: request.dataset,
    device: request.device,
    status,
    progress: { stage: status, ...progress },
    error,
    score: score === null ? null : `/v1/scores/${score}`,
    links: {
      self,
      log: `${self}/log`,
      events: `${self}/events`,
      cancel: `${self}/cancel`,
      predictions: `${self}/predictions.csv`,
      dataset: `/v1/datasets/${request.dataset}`,
      ...(score === null ? {} : { score: `/v1/scores/${score}` }),
    },
    ...(shards === undefined ? {} : { shards: shards as Shard[] }),
    provenance: { ...provenance, attempt: evaluation.attempt },
    request,
    created_at: evaluation.createdAt,
    started_at: evaluation.startedAt,
    finished_at: evaluation.finishedAt,
  };
}
