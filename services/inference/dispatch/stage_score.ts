import { recordOf } from "../ledger/evaluation_record.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { requiredViewsOf } from "../submission/required_views.ts";
import { type Run, RunAbandoned, RunFailure, RunPostponed } from "./run.ts";
import { untilAnswered } from "./until_answered.ts";

/**
 * From `scoring` to `succeeded`. The score has the evaluation's id: doing it again after a kill gives
 * the same one.
 *
 * @param run in state `scoring`, its predictions kept
 */
export async function scoreStage(run: Run): Promise<void> {
  const { workspace, ledger } = run.deps;
  const { id, provenance } = run.evaluation;
  const started = performance.now();
  const scoreId = await orderScore(run);
  const patch = {
    score: scoreId,
    finishedAt: new Date().toISOString(),
    progress: { done: null, total: null, note: null },
    provenance: { ...provenance, score_ms: Math.round(performance.now() - started) },
  };
  run.runLog.say(`scored: /v1/scores/${scoreId}`);
  await workspace.sweepHalfWritten(run.evaluation);
  const record = recordOf({ ...run.evaluation, ...patch, status: "succeeded" });
  await untilAnswered(run, "the volume", () => workspace.writeRecord(run.evaluation, record));
  if (ledger.change(id, "succeeded", patch) === null) throw new RunAbandoned();
}

async function orderScore(run: Run): Promise<string> {
  const { scoring, workspace } = run.deps;
  const { id, user, request, provenance } = run.evaluation;
  try {
    return await untilAnswered(run, "scoring", () =>
      scoring.score({
        evaluation: id,
        dataset: request.dataset,
        model: request.model,
        experiment: request.experiment,
        predictions: workspace.predictionsPath(run.evaluation),
        bootstrap: request.bootstrap,
        operating_points: request.operating_points,
        prevalence: request.prevalence,
        subgroups: request.subgroups,
        required_views: requiredViewsOf(run.evaluation),
        provenance: request.private_image === undefined ? provenance : withoutImage(provenance),
      }, user));
  } catch (error) {
    if (error instanceof RunAbandoned || error instanceof RunPostponed) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunFailure({
      type: "scoring_failed",
      message: `The predictions are kept and could not be scored: ${reason}`,
    });
  }
}

/** Scores are for everybody; whoever knows the digest of a private image could run it. */
function withoutImage({ image: _, ...provenance }: Evaluation["provenance"]): typeof provenance {
  return provenance;
}
