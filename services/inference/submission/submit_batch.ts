import type { EvaluationBatchRequest } from "../../../shared/contracts/evaluations.ts";
import { Problem } from "../../../shared/http/mod.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { type SubmitDependencies, submitEvaluation } from "./submit_evaluation.ts";

/**
 * Creates an evaluation of each model on each dataset, model by model, or none: holes would spoil a comparison.
 * @throws {Problem} naming model and dataset of the first refusal
 */
export async function submitBatch(
  request: EvaluationBatchRequest,
  user: string,
  deps: SubmitDependencies,
): Promise<Evaluation[]> {
  const { models, datasets, ...common } = request;
  const evaluations: Evaluation[] = [];
  for (const model of new Set(models)) {
    for (const dataset of new Set(datasets)) {
      try {
        evaluations.push(await submitEvaluation({ ...common, model, dataset }, user, deps));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        throw new Problem(error.type, `${model} on ${dataset}: ${error.message}`, {
          errors: error.errors,
          errorsTotal: error.errorsTotal,
        });
      }
    }
  }
  return evaluations;
}
