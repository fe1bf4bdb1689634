import { z } from "@hono/zod-openapi";
import { datasetSchema } from "./datasets.ts";
import { evaluationSchema } from "./evaluations.ts";
import { readerStudySchema } from "./reader_studies.ts";
import { scoreReportSchema } from "./scores.ts";

/** Returns what is wrong with a stored value, or null. */
type Check = (value: unknown) => string | null;

/** Fields that are present must match the schema; missing and unknown ones may be another version's. */
function checkOf(schema: z.ZodType, essential: z.ZodType): Check {
  return (value) => {
    const lacking = essential.safeParse(value).error?.issues[0];
    if (lacking !== undefined) return describe(lacking);
    const wrong = schema.safeParse(value).error?.issues.find(({ path, code }) =>
      partAt(value, path) !== undefined && code !== "unrecognized_keys"
    );
    return wrong === undefined ? null : describe(wrong);
  };
}

/** Returns a check against a schema, without tolerance for other versions. */
export function checkAgainst(schema: z.ZodType): Check {
  return (value) => {
    const wrong = schema.safeParse(value).error?.issues[0];
    return wrong === undefined ? null : describe(wrong);
  };
}

function describe({ path, message }: z.core.$ZodIssue): string {
  const place = path.length === 0 ? "" : ` at ${path.join(".")}`;
  return `does not have the expected content${place} (${message})`;
}

function partAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(
    (part, key) =>
      typeof part === "object" && part !== null
        ? (part as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    value,
  );
}

/** A record's id is the name of its folder; a copy under another name would show up twice. */
function named(id: string): z.ZodType {
  return z.literal(id, { error: `must be ${id}, the name of the folder` });
}

export function storedDataset(id: string): Check {
  const origin = z.looseObject({ kind: z.enum(["data_list", "dicom"]) });
  return checkOf(
    datasetSchema.extend({ origin: origin.optional() }),
    // Lists and pages show every field, and every version has written them.
    datasetSchema.extend({ id: named(id) }),
  );
}

const area = z.object({ value: z.number().nullable() });
const essentialLevel = z.object({
  count: z.number(),
  positives: z.number(),
  exams: z.number(),
  auroc: area,
  auprc: area,
  average_precision: area,
  brier: area,
});

export function storedScore(id: string): Check {
  return checkOf(
    scoreReportSchema,
    z.object({
      id: named(id),
      created_at: z.string(),
      levels: z.object({ breast: essentialLevel }),
      warnings: z.array(z.unknown()),
      provenance: z.record(z.string(), z.unknown()),
    }),
  );
}

/** Check of `location.json`: a folder below `results/`, and the digest of the report stored there. */
export const storedLocation: Check = checkAgainst(
  z.object({
    folder: z.string().regex(/^results(\/(?!\.\.?(\/|$))[^/]+)+$/),
    digest: z.string().optional(),
  }),
);

export function storedStudy(id: string): Check {
  return checkOf(
    readerStudySchema,
    z.object({
      id: named(id),
      created_at: z.string(),
      readers: z.array(z.unknown()),
      models: z.array(z.unknown()),
    }),
  );
}

export function storedEvaluation(id: string): Check {
  return checkOf(
    evaluationSchema,
    z.object({
      id: named(id),
      model: z.string(),
      experiment: z.string(),
      dataset: z.string(),
      status: z.string(),
      request: z.looseObject({}),
      provenance: z.record(z.string(), z.unknown()),
      created_at: z.string(),
    }),
  );
}
