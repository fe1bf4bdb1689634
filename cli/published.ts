import { join } from "node:path";
import { z } from "zod";
import type { ScoreReport } from "../shared/contracts/scores.ts";

const areas = z.strictObject({ auroc: z.number(), auprc: z.number() });

/** Schema of `models/<name>/published.json`: a model's published metrics, and the data behind them. */
export const publishedSchema = z.strictObject({
  source: z.strictObject({
    repository: z.url(),
    commit: z.string().regex(/^[0-9a-f]{40}$/),
    /** Location of the numbers in the repository. */
    table: z.string(),
    images: z.string(),
    data_list: z.string(),
  }),
  levels: z.strictObject({ image: areas.optional(), breast: areas.optional() }),
});

export type Published = z.infer<typeof publishedSchema>;

const DIGITS = 3;

/** A published number compared with the local one. */
export interface Comparison {
  readonly model: string;
  readonly level: "image" | "breast";
  readonly metric: "auroc" | "auprc";
  readonly published: number;
  /** null if the model could not run. */
  readonly here: number | null;
  readonly equal: boolean;
  readonly text: string;
}

/**
 * Reads the published metrics of a model from the first root that has it; null if there are none.
 * @throws {SyntaxError} if the file is invalid
 */
export async function readPublished(
  roots: readonly string[],
  model: string,
): Promise<Published | null> {
  for (const root of roots) {
    const path = join(root, model, "published.json");
    const text = await Deno.readTextFile(path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    });
    if (text === null) continue;
    const parsed = publishedSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    throw new SyntaxError(`Cannot use ${path}: ${z.prettifyError(parsed.error)}`);
  }
  return null;
}

export function compareWithPublished(
  model: string,
  published: Published,
  score: ScoreReport | { readonly reason: string },
): Comparison[] {
  return (["image", "breast"] as const).flatMap((level) =>
    (["auroc", "auprc"] as const).flatMap((metric): Comparison[] => {
      const expected = published.levels[level]?.[metric];
      if (expected === undefined) return [];
      const here = "reason" in score ? null : score.levels[level]?.[metric].value ?? null;
      const equal = here !== null && here.toFixed(DIGITS) === expected.toFixed(DIGITS);
      const what = `${model}, ${level} level, ${metric.toUpperCase()}`;
      const text = `${what}: ${verdict(expected, here, equal, score)}`;
      return [{ model, level, metric, published: expected, here, equal, text }];
    })
  );
}

function verdict(
  expected: number,
  here: number | null,
  equal: boolean,
  score: ScoreReport | { readonly reason: string },
): string {
  if (equal) return `equal (${expected.toFixed(DIGITS)})`;
  if (here !== null) {
    const difference = Math.abs(here - expected).toFixed(DIGITS);
    return `differs by ${difference} (${here.toFixed(DIGITS)} here, ${
      expected.toFixed(DIGITS)
    } published)`;
  }
  const reason = "reason" in score ? score.reason : "the score has no such number";
  return `could not run because ${reason}`;
}
