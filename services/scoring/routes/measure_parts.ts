import { z } from "@hono/zod-openapi";
import {
  bootstrapRequest,
  operatingPointsRequest,
  prevalenceRequest,
} from "../../../shared/contracts/scoring_options.ts";
import { operatingPointsOf } from "../../../shared/contracts/option_words.ts";
import { readEvery } from "../../../shared/http/mod.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { tuningScores } from "../../../shared/contracts/thresholds.ts";
import type { Asker } from "../compute/compute.ts";
import { type MeasureOptions, measureOptions } from "../measures/measure_options.ts";
import { readScoresAs } from "../store/score_reader.ts";
import type { ScoreStore } from "../store/score_store.ts";
import { jsonPart, type SentForm } from "./multipart.ts";

/** Parts of a multipart body with measuring options. */
export const MEASURE_PARTS = {
  bootstrap: z.string().optional().openapi({ description: "JSON", example: '{"replicates":2000}' }),
  operating_points: z.string().optional().openapi({
    description: "Words, such as `specificity=0.9 0.5`, or JSON",
    example: '[{"specificity":0.9},0.5,{"target":{"recall_rate":0.03},"tune":{"share":0.3}}]',
  }),
  prevalence: z.string().optional().openapi({
    description: "Share of exams with cancer to which rates are re-weighted",
    example: "0.006",
  }),
};

/** Reads the measuring options, with defaults. Throws a Problem that names every invalid part. */
export async function measureParts(form: SentForm): Promise<MeasureOptions> {
  return measureOptions(
    await readEvery({
      bootstrap: () => jsonPart(form, "bootstrap", bootstrapRequest, true),
      operating_points: () =>
        jsonPart(form, "operating_points", operatingPointsRequest, undefined, operatingPointsOf),
      prevalence: () => jsonPart(form, "prevalence", prevalenceRequest, undefined),
    }),
  );
}

/**
 * Reads the other scores that thresholds of operating points are chosen on.
 * @throws {Problem} `not_found`, or `forbidden` to callers who may not see their truth
 */
export async function readTuning(
  { operatingPoints }: MeasureOptions,
  { caller }: Pick<Asker, "caller">,
  store: ScoreStore,
): Promise<readonly ScoreReport[]> {
  const ids = tuningScores(operatingPoints);
  return await readScoresAs(caller, store).withTruth(ids, "A threshold chosen on a score");
}

/** Whether a threshold is to be chosen on some of the women. */
export function tunesPoints({ operatingPoints }: MeasureOptions): boolean {
  return operatingPoints.some((point) => "target" in point);
}
