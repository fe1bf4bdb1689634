import { z } from "@hono/zod-openapi";
import {
  bootstrapRequest,
  operatingPointsRequest,
  prevalenceRequest,
} from "../../../shared/contracts/scoring_options.ts";
import { type MeasureOptions, measureOptions } from "../measures/measure_options.ts";
import { jsonPart, type SentForm } from "./multipart.ts";

/** Parts of a multipart body with measuring options. */
export const MEASURE_PARTS = {
  bootstrap: z.string().optional().openapi({ description: "JSON", example: '{"replicates":2000}' }),
  operating_points: z.string().optional().openapi({
    description: "JSON",
    example: '[{"specificity":0.9},{"threshold":0.5}]',
  }),
  prevalence: z.string().optional().openapi({
    description: "Share of exams with cancer to which rates are re-weighted",
    example: "0.006",
  }),
};

/** Reads the measuring options, with defaults. Throws a Problem if a part is invalid. */
export function measureParts(form: SentForm): MeasureOptions {
  return measureOptions({
    bootstrap: jsonPart(form, "bootstrap", bootstrapRequest, true),
    operating_points: jsonPart(form, "operating_points", operatingPointsRequest, undefined),
    prevalence: jsonPart(form, "prevalence", prevalenceRequest, undefined),
  });
}
