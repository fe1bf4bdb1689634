import "../words_of_issues.ts";
import { z } from "@hono/zod-openapi";
import { VIEWS } from "../domain/mod.ts";

/** Pattern of names that become folders: experiments, models, dataset ids. */
export const SLUG_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A name that may become a folder and a part of a URL. */
export const slug = z.string().regex(
  SLUG_PATTERN,
  "must be 1 to 64 letters, digits, dots, dashes or underscores, starting with a letter or digit",
);

/** Controls, line ends, marks that turn text around, and what has no width: nobody sees them in a name. */
const NOT_SEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** What a name that people read may not be for, as a sentence without its subject. */
const NAME_RULE = "must have 1 to 200 characters, without invisible characters and direction marks";

/** A name for people; accents are written in one way. */
export const shownName = z.string().trim().normalize("NFC").min(1).max(200).refine(
  (name) => !NOT_SEEN.test(name),
  NAME_RULE,
);

/** A moment, RFC 3339 in UTC. */
export const moment = z.string().openapi({ format: "date-time" });

/**
 * A field that may be missing. The document's generator knows `optional` and takes `exactOptional` for
 * required; JSON has no `undefined`, so that both take the same bodies, and the exact type is true.
 */
export function mayBeMissing<T extends z.ZodType>(schema: T): z.ZodExactOptional<T> {
  return schema.optional() as unknown as z.ZodExactOptional<T>;
}

/** One fault in a data owner's input, with its place. */
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
