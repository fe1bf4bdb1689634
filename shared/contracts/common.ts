import "../words_of_issues.ts";
import { z } from "@hono/zod-openapi";
import { VIEWS } from "../domain/mod.ts";

/** Pattern of names that become folders: experiments, models, dataset ids. */
export const SLUG_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A name that may become a folder or part of a URL. */
export const slug = z.string().regex(
  SLUG_PATTERN,
  "must be 1 to 64 letters, digits, dots, dashes or underscores, starting with a letter or digit",
);

/** Invisible characters: control, format, separator and surrogate characters. */
const NOT_SEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** The rule for display names, as a predicate without its subject. */
const NAME_RULE = "must have 1 to 200 characters, without invisible characters and direction marks";

/** A display name; Unicode is normalized to NFC. */
export const shownName = z.string().trim().normalize("NFC").min(1).max(200).refine(
  (name) => !NOT_SEEN.test(name),
  NAME_RULE,
);

/** A timestamp, RFC 3339 in UTC. */
export const moment = z.string().openapi({ format: "date-time" });

/** An optional field: the generator takes `exactOptional` for required, and JSON has no `undefined`. */
export function mayBeMissing<T extends z.ZodType>(schema: T): z.ZodExactOptional<T> {
  return schema.optional() as unknown as z.ZodExactOptional<T>;
}

/** One fault in the input data, with its location. */
export const faultSchema = z.object({
  exam: z.string().nullable(),
  view: z.enum(VIEWS).nullable(),
  image: z.string().nullable(),
  row: mayBeMissing(z.number().int()),
  field: mayBeMissing(z.string()),
  code: z.string(),
  message: z.string(),
}).openapi("Fault");

/** Why something is `unavailable`. */
export const problemReason = z.enum(["disk_full", "damaged"]);

/** RFC 9457 problem details. */
export const problemSchema = z.object({
  type: z.string().openapi({ example: "not_found" }),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  reason: problemReason.optional().describe(
    "Why it is `unavailable`: the volume is full, or a stored file cannot be used",
  ),
  errors: z.array(faultSchema).optional(),
  errors_total: z.number().int().optional(),
  request_id: z.string(),
}).openapi("Problem");
