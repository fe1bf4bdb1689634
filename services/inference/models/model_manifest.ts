import { z } from "zod";
import { SLUG_PATTERN } from "../../../shared/contracts/common.ts";
import { DEVICES, OUTPUTS } from "../../../shared/contracts/models.ts";
import { VIEWS } from "../../../shared/domain/mod.ts";

/**
 * `model.json`: what a model's authors say of it. Every field may be missing; unknown fields are
 * kept out, so that a misspelt one is noticed.
 */
export const modelManifestSchema = z.strictObject({
  title: z.string().optional(),
  description: z.string().optional(),
  level: z.enum(["image", "breast", "exam"]).optional(),
  devices: z.array(z.enum(DEVICES)).min(1).optional(),
  /** Views without which the model cannot score an exam; empty when it takes what there is. */
  views: z.array(z.enum(VIEWS)).optional(),
  /** What the model writes besides its predictions. */
  outputs: z.array(z.enum(OUTPUTS)).optional(),
  /** Folder, beside the model's, of the image that its Dockerfile builds on by `ARG BASE_IMAGE`. */
  base: z.string().regex(SLUG_PATTERN).optional(),
  parameters: z.record(z.string(), z.object({ description: z.string() })).optional(),
  /** Whether the container works with a read-only root file system. */
  read_only_root: z.boolean().optional(),
  source: z.object({ repository: z.string().nullable(), commit: z.string().nullable() }).nullable()
    .optional(),
  weights: z.unknown().optional(),
  licence: z.string().nullable().optional(),
  paper: z.string().nullable().optional(),
});

/** What a model's authors say of it. */
export type ModelManifest = z.infer<typeof modelManifestSchema>;

/**
 * Reads `model.json`.
 *
 * @param text the file's content, or null where a folder has none (made for the metarepository)
 * @returns the manifest
 * @throws {SyntaxError} naming the field that is wrong
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
