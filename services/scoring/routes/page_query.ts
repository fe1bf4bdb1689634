import type { z } from "@hono/zod-openapi";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { invalidRequest, Problem } from "../../../shared/http/mod.ts";

/** The query of a page, as a browser's form sends it. */
export type PageQuery = Readonly<Record<string, string>>;

/**
 * Empty values count as absent.
 * @throws {Problem} `invalid_request` that names the field
 */
export function readQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: PageQuery,
): z.infer<Schema> {
  const parsed = schema.safeParse(
    Object.fromEntries(Object.entries(query).filter(([, value]) => value.trim() !== "")),
  );
  if (!parsed.success) throw invalidRequest(parsed.error, "query");
  return parsed.data;
}

/** The values to show again in the form: all but the score and empty ones. */
export function keptQuery(query: PageQuery): PageQuery {
  return Object.fromEntries(
    Object.entries(query).filter(([key, value]) => key !== "score" && value !== ""),
  );
}

/**
 * Numbers separated by commas.
 * @throws {Problem} `invalid_request` that names the field
 */
export function numbersOf(field: string, text: string): number[] {
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  const wrong = parts.find((part) => !Number.isFinite(Number(part)));
  if (wrong === undefined) return parts.map(Number);
  throw new Problem("invalid_request", `${field}: ${JSON.stringify(wrong)} is not a number`);
}

/** Thresholds of the operating points of a report, of all levels. */
export function reportedThresholds({ levels }: ScoreReport): number[] {
  return Object.values(levels).flatMap((level) => level?.operating_points ?? [])
    .flatMap(({ threshold }) => threshold ?? []);
}
