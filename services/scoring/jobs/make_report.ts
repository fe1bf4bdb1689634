import {
  type HorizonReport,
  type Level,
  type LevelReport,
  LEVELS,
  mapLevels,
  type Miss,
  type Misses,
  type ScoreReport,
} from "../../../shared/contracts/scores.ts";
import {
  type BinaryLabel,
  type Fault,
  type Sample,
  tellsTruth,
} from "../../../shared/domain/mod.ts";
import { FAULTS_LISTED_MAX, MISSES_LISTED_MAX } from "../../../shared/limits.ts";
import { type LevelSamples, measureLevels } from "../samples/align_levels.ts";
import { drawLevel, plotSubtitle } from "./draw_level.ts";
import { measureLevel } from "../measures/measure_level.ts";
import type { MeasureOptions } from "../measures/measure_options.ts";
import { type LevelCurves, type ScoreCurves } from "../report/mod.ts";
import { writeReportPage } from "../report/pages/mod.ts";
import { writeSamples } from "../samples/samples_csv.ts";
import { SCORE_FILES, type ScoreFile } from "../store/score_store.ts";
import type { Grouping } from "../../../shared/subgroups/mod.ts";
import { measureSubgroups } from "../subgroups/measure_subgroups.ts";

export type ReportNames = Pick<
  ScoreReport,
  "id" | "dataset" | "model" | "experiment" | "evaluation"
>;

export interface ReportParts {
  readonly names: ReportNames;
  readonly samples: LevelSamples;
  readonly groupings: readonly Grouping[];
  /** Rows of the table of horizons. */
  readonly horizons?: readonly HorizonReport[];
  readonly measure: MeasureOptions;
  readonly warnings: readonly Fault[];
  /** Copied into the report. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** One level, measured and drawn. */
interface MadeLevel {
  readonly report: LevelReport;
  readonly curves: LevelCurves;
  readonly files: readonly ScoreFile[];
}

/** Measures and draws each level and subgroup: the report; its page, plots, curves and samples as files. */
export async function makeReport(
  parts: ReportParts,
): Promise<{ readonly report: ScoreReport; readonly files: readonly ScoreFile[] }> {
  const { names, samples, measure, warnings } = parts;
  const levels = await measureLevels(samples, (...of) => makeLevel(...of, parts));
  const ofTruth = warnings.filter(tellsTruth);
  const others = warnings.filter((warning) => !tellsTruth(warning));
  const report: ScoreReport = {
    ...names,
    levels: mapLevels(levels, ({ report }) => report),
    subgroups: await measureSubgroups(samples, parts.groupings, measure),
    ...(parts.horizons?.length ? { horizons: [...parts.horizons] } : {}),
    misses: worstMisses(samples.breast ?? samples.exam ?? []),
    // Warnings about the truth come last: the rest of the list must not depend on their number.
    warnings: [...others, ...ofTruth].slice(0, FAULTS_LISTED_MAX),
    warnings_total: warnings.length,
    label_mismatches: ofTruth.length,
    provenance: { ...parts.provenance, ...(measure.exams ? { weights: true } : {}) },
    created_at: new Date().toISOString(),
  };
  const curves: ScoreCurves = mapLevels(levels, ({ curves }) => curves);
  const files = [
    ...LEVELS.flatMap((level) => levels[level]?.files ?? []),
    { name: SCORE_FILES.curves, content: JSON.stringify(curves) },
    { name: SCORE_FILES.page, content: writeReportPage({ report, curves, site: false }) },
  ];
  return { report, files };
}

async function makeLevel(
  level: Level,
  samples: readonly Sample[],
  reason: string | null,
  { names, measure }: ReportParts,
): Promise<MadeLevel> {
  const measured = await measureLevel(samples, measure, reason);
  const { curves, files } = await drawLevel(
    level,
    plotSubtitle(names, Boolean(measure.exams)),
    measured,
  );
  const folder = `/v1/scores/${names.id}/${level}`;
  const plots = {
    roc: `${folder}/roc.png`,
    pr: `${folder}/pr.png`,
    roc_svg: `${folder}/roc.svg`,
    pr_svg: `${folder}/pr.svg`,
    calibration: `${folder}/calibration.png`,
    calibration_svg: `${folder}/calibration.svg`,
    histogram: `${folder}/histogram.png`,
    histogram_svg: `${folder}/histogram.svg`,
    curves: `${folder}/curves.csv`,
    samples: `${folder}/samples.csv`,
  };
  return {
    report: { ...measured.report, plots },
    curves,
    files: [...files, { name: `${level}_samples.csv`, content: writeSamples(samples) }],
  };
}

/** The worst errors, at most {@linkcode MISSES_LISTED_MAX} of each class, the worst first; ties in list order. */
export function worstMisses(samples: readonly Sample[]): Misses {
  const scores = { 0: sortedScores(samples, 0), 1: sortedScores(samples, 1) };
  return {
    positives: lowest(samples, 1, scores[1], (score) => score).map((sample) =>
      missOf(sample, scores[0].length - countBelow(scores[0], sample.score))
    ),
    negatives: lowest(samples, 0, scores[0].map((score) => -score).reverse(), (score) => -score)
      .map((sample) => missOf(sample, countBelow(scores[1], sample.score, true))),
  };
}

function missOf({ exam, laterality, score }: Sample, outranked_by: number): Miss {
  return { exam, laterality, score, outranked_by };
}

function sortedScores(samples: readonly Sample[], label: BinaryLabel): Float64Array {
  return Float64Array.from(samples.filter((sample) => sample.label === label), ({ score }) => score)
    .sort();
}

/** The samples of a class with the lowest keys; sorts only candidates for the list. */
function lowest(
  samples: readonly Sample[],
  label: BinaryLabel,
  sortedKeys: Float64Array,
  key: (score: number) => number,
): Sample[] {
  const last = sortedKeys[Math.min(MISSES_LISTED_MAX, sortedKeys.length) - 1];
  if (last === undefined) return [];
  return samples.filter((sample) => sample.label === label && key(sample.score) <= last)
    .sort((a, b) => key(a.score) - key(b.score))
    .slice(0, MISSES_LISTED_MAX);
}

/** Counts sorted values below `value`, or with `orEqual` at or below it. */
function countBelow(sorted: Float64Array, value: number, orEqual = false): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (orEqual ? sorted[middle]! <= value : sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
