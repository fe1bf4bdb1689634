import { createHash } from "node:crypto";
import { BOOTSTRAP_REPLICATES_DEFAULT, FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import type { LevelReport, ScoreReport } from "../../shared/contracts/scores.ts";
import {
  aggregateToBreasts,
  alignPredictions,
  type Exam,
  type Fault,
  type Sample,
} from "../../shared/domain/mod.ts";
import { readPredictions } from "../../shared/format/mod.ts";
import { drawLevel } from "./draw_level.ts";
import { type BootstrapOptions, measureLevel } from "./measure_level.ts";
import type { ScoreFile } from "./score_store.ts";

/** What is to be scored. */
export interface ScoreRequest {
  readonly id: string;
  readonly exams: readonly Exam[];
  /** Content of the predictions file. */
  readonly predictions: Uint8Array;
  /** null: no intervals. */
  readonly bootstrap: BootstrapOptions | null;
  readonly dataset: string | null;
  readonly model: string | null;
  readonly experiment: string | null;
  readonly evaluation: string | null;
  /** Goes into the report as it is. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** A score with its files, or every fault that is in the way. */
export type ScoreOutcome =
  | { readonly ok: true; readonly report: ScoreReport; readonly files: readonly ScoreFile[] }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/**
 * Scores predictions against the truth: joins them, aggregates images to breasts, measures and draws
 * each level. The labels in the predictions file are not used.
 *
 * @param request truth, predictions, options
 * @returns the report and its plots, or the faults
 */
export async function scorePredictions(request: ScoreRequest): Promise<ScoreOutcome> {
  const read = readPredictions(new TextDecoder().decode(request.predictions));
  if (read.predictions === null || read.errors.length > 0) {
    return { ok: false, errors: read.errors };
  }
  const { samples, errors, warnings } = alignPredictions(request.exams, read.predictions);
  if (errors.length > 0) return { ok: false, errors };
  const files: ScoreFile[] = [];
  const subtitle = [request.model, request.experiment, request.dataset].filter((part) =>
    part !== null
  ).join(" · ");

  async function level(name: "breast" | "image", of: readonly Sample[]): Promise<LevelReport> {
    const measured = measureLevel(of, request.bootstrap);
    files.push(...await drawLevel(name, subtitle, measured));
    const plots = `/v1/scores/${request.id}/${name}`;
    return {
      ...measured.report,
      plots: {
        roc: `${plots}/roc.png`,
        pr: `${plots}/pr.png`,
        roc_svg: `${plots}/roc.svg`,
        pr_svg: `${plots}/pr.svg`,
        curves: `${plots}/curves.csv`,
      },
    };
  }

  const breast = await level(
    "breast",
    read.predictions.level === "image" ? aggregateToBreasts(samples) : samples,
  );
  const levels = read.predictions.level === "image"
    ? { breast, image: await level("image", samples) }
    : { breast };
  const allWarnings = [...read.warnings, ...warnings];
  const report: ScoreReport = {
    id: request.id,
    dataset: request.dataset,
    model: request.model,
    experiment: request.experiment,
    evaluation: request.evaluation,
    levels,
    warnings: allWarnings.slice(0, FAULTS_LISTED_MAX),
    warnings_total: allWarnings.length,
    provenance: {
      ...request.provenance,
      predictions_sha256: sha256(request.predictions),
      bootstrap: request.bootstrap,
    },
    created_at: new Date().toISOString(),
  };
  return { ok: true, report, files };
}

/**
 * @param bytes anything
 * @returns SHA-256 in hex
 */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Reads the bootstrap setting of a request.
 *
 * @param asked `false` for none, `true` for the defaults (2,000 replicates, seed 1, 95 %), or all three
 */
export function bootstrapOptions(
  asked: boolean | { replicates: number; seed: number; confidence: number },
): BootstrapOptions | null {
  if (asked === false) return null;
  return asked === true
    ? { replicates: BOOTSTRAP_REPLICATES_DEFAULT, seed: 1, confidence: 0.95 }
    : asked;
}
