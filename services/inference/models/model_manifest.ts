import { z } from "zod";
import { SLUG_PATTERN } from "../../../shared/contracts/common.ts";
import { DEVICES, OUTPUTS } from "../../../shared/contracts/models.ts";
import { VIEWS } from "../../../shared/domain/mod.ts";

/** `model.json`: every field is optional; unknown fields are refused, so that typos are noticed. */
export const modelManifestSchema = z.strictObject({
  title: z.string().optional(),
  description: z.string().optional(),
  level: z.enum(["image", "breast", "exam"]).optional(),
  devices: z.array(z.enum(DEVICES)).min(1).optional(),
  /** Views that the model needs to score an exam; empty if it takes any. */
  views: z.array(z.enum(VIEWS)).optional(),
  outputs: z.array(z.enum(OUTPUTS)).optional(),
  /** Folder beside the model's; its Dockerfile builds on that image by `ARG BASE_IMAGE`. */
  base: z.string().regex(SLUG_PATTERN).optional(),
  parameters: z.record(z.string(), z.object({ description: z.string() })).optional(),
  /** Whether the container works with a read-only root file system. */
  read_only_root: z.boolean().optional(),
  /** Whether an exam's scores depend on that exam alone, so that the exams of a run may be divided. */
  exams_independent: z.boolean().optional(),
  source: z.object({ repository: z.string().nullable(), commit: z.string().nullable() }).nullable()
    .optional(),
  weights: z.unknown().optional(),
  licence: z.string().nullable().optional(),
  paper: z.string().nullable().optional(),
});

export type ModelManifest = z.infer<typeof modelManifestSchema>;

/**
 * Parses `model.json`; null for a folder without one.
 * @throws {SyntaxError} naming the wrong field
 */
export function parseModelManifest(text: string | null): ModelManifest {
  if (text === null) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError("Cannot read model.json: it is not JSON", { cause });
  }
  const parsed = modelManifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) =>
    `${path.join(".") || "model.json"}: ${message}`
  );
  throw new SyntaxError(`Cannot use model.json: ${faults.join("; ")}`);
}
