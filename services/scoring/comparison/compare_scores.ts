import type {
  Comparison,
  ComparisonRequest,
  Discordant,
} from "../../../shared/contracts/comparisons.ts";
import type { Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import { type Fault, faultOf } from "../../../shared/domain/mod.ts";
import { examNamesOfScore } from "../samples/exam_names.ts";
import { weightedExams } from "../measures/weighted_level.ts";
import {
  loadNamedExams,
  loadSamples,
  type SampledReport,
  type SampleSource,
} from "../samples/load_samples.ts";
import { truthRuleOf } from "../../../shared/contracts/truth.ts";
import type { BootstrapOptions } from "../statistics/mod.ts";
import { compareSamples, type PairOfScores } from "./compare_samples.ts";
import { discordantSamples } from "./discordant_samples.ts";
import { type MatchedSamples, matchSamples, type ScoredSamples } from "./match_samples.ts";

export interface CompareRequest {
  readonly reports: readonly ScoreReport[];
  readonly level: Level;
  readonly reference: ComparisonRequest["reference"];
  readonly margin: number | null;
  readonly bootstrap: BootstrapOptions | null;
  /** Whether the caller may see the truth of single exams: weighted differences, discordant samples. */
  readonly truth: boolean;
}

export type CompareOutcome =
  | {
    readonly ok: true;
    readonly comparison: Comparison;
    /** For each pair of the comparison; null for callers who may not see the truth. */
    readonly discordant: readonly Discordant[] | null;
  }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/** Confidence of DeLong's intervals if no bootstrap was requested. */
const DEFAULT_CONFIDENCE = 0.95;

/** Compares score reports over the same exams: all pairs, or all with a reference among them. */
export async function compareScores(
  request: CompareRequest,
  store: SampleSource,
): Promise<CompareOutcome> {
  const { reports, level, bootstrap, margin } = request;
  const match = await matchReports(reports, level, store);
  if (!match.ok) return match;
  const { matched } = match;
  const confidence = bootstrap?.confidence ?? DEFAULT_CONFIDENCE;
  const paired = pairsOf(reports, request.reference);
  const pairs = await compareSamples(matched, paired, {
    bootstrap,
    confidence,
    margin,
    exams: request.truth
      ? weightedExams(await loadNamedExams(reports[0]!, matched.samples, store))
      : undefined,
  });
  return {
    ok: true,
    discordant: request.truth
      ? paired.map((pair) => discordantSamples(matched, pair, reports, level))
      : null,
    comparison: {
      level,
      count: matched.labels.length,
      positives: matched.labels.reduce((sum, label) => sum + label, 0),
      exams: new Set(matched.exams).size,
      women: matched.unit === "woman" ? new Set(matched.clusters).size : null,
      scores: reports.map((report) => ({
        id: report.id,
        model: report.model,
        experiment: report.experiment,
        auroc: report.levels[level]!.auroc.value,
        auprc: report.levels[level]!.auprc.value,
        average_precision: report.levels[level]!.average_precision.value,
        brier: report.levels[level]!.brier.value,
      })),
      pairs,
      confidence,
      bootstrap: bootstrap === null ? null : {
        replicates: bootstrap.replicates,
        seed: bootstrap.seed,
        method: bootstrap.method,
      },
      created_at: new Date().toISOString(),
    },
  };
}

/** Loads the samples of several reports in the same order. */
export async function matchReports(
  reports: readonly ScoreReport[],
  level: Level,
  store: SampleSource,
): Promise<
  | { readonly ok: true; readonly matched: MatchedSamples }
  | { readonly ok: false; readonly errors: readonly Fault[] }
> {
  const scored: ScoredSamples[] = [];
  const errors: Fault[] = differentRules(reports);
  if (errors.length > 0) return { ok: false, errors };
  for (const report of reports) {
    const loaded = await loadScored(report, level, store);
    if (loaded.ok) scored.push(loaded.scored);
    else errors.push(...loaded.errors);
  }
  return errors.length > 0 ? { ok: false, errors } : matchSamples(scored);
}

/** Scores with labels by different rules differ in their truth, whatever their samples. */
function differentRules(reports: readonly ScoreReport[]): Fault[] {
  const told = (report: ScoreReport): string => {
    const rule = truthRuleOf(report);
    return rule === null ? "as its list says" : `a cancer within ${rule.within_days} days`;
  };
  const [first] = reports;
  const other = reports.find((report) => told(report) !== told(first!));
  if (other === undefined) return [];
  const message =
    `Positive is ${told(first!)} in score ${first!.id}, but ${told(other)} in score ` +
    `${other.id}: score both with the same truth`;
  return [faultOf({ code: "truth_rules_differ", field: "truth", message })];
}

/** Loads the samples of one report for matching, or says why they cannot be read. */
export async function loadScored(report: SampledReport, level: Level, store: SampleSource): Promise<
  | { readonly ok: true; readonly scored: ScoredSamples }
  | { readonly ok: false; readonly errors: readonly Fault[] }
> {
  const loaded = await loadSamples(report, level, store);
  if (!loaded.ok) {
    return { ok: false, errors: [faultOf({ code: "samples_missing", message: loaded.reason })] };
  }
  const { samples } = loaded;
  const examNames = examNamesOfScore(report, samples);
  return { ok: true, scored: { id: report.id, samples, truth: truthOf(report), examNames } };
}

function truthOf({ provenance }: Pick<SampledReport, "provenance">): string | null {
  const digest = provenance["dataset_digest"] ?? provenance["data_list_sha256"];
  return typeof digest === "string" ? digest : null;
}

function pairsOf(reports: readonly ScoreReport[], reference: string | null): PairOfScores[] {
  const all = reports.map(({ id }, at) => ({ id, at }));
  const base = all.find(({ id }) => id === reference);
  if (base !== undefined) return all.filter((one) => one !== base).map((a) => ({ a, b: base }));
  return all.flatMap((a) => all.slice(a.at + 1).map((b) => ({ a, b })));
}
