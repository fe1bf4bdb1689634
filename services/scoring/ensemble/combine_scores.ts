import type { EnsembleMethod } from "../../../shared/contracts/ensembles.ts";
import { mean } from "../../../shared/domain/mod.ts";
import { midranks } from "../statistics/mod.ts";

/**
 * Makes one score of several, sample by sample.
 *
 * @param scores one array a model, all of the same samples; at least one model
 * @param method `mean` of the scores; `rank_mean` of their ranks, divided by how many samples there are,
 *   equal scores sharing the mean of their ranks: what a score is among those of its own model
 * @returns one score a sample; of ranks in (0, 1]
 */
export function combineScores(
  scores: readonly Float64Array[],
  method: EnsembleMethod,
): Float64Array {
  const parts = method === "mean" ? scores : scores.map(shareOfRanks);
  return parts[0]!.map((_, at) => mean(parts.map((part) => part[at]!)));
}

function shareOfRanks(scores: Float64Array): Float64Array {
  return midranks(scores).map((rank) => rank / scores.length);
}
