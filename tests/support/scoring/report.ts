/**
 * A complete score report, for tests of pages.
 *
 * @module
 */

import type { LevelReport, ScoreReport, Subgroups } from "../../../shared/contracts/scores.ts";
import type { ScoreCurves } from "../../../services/scoring/report/level_charts.ts";

/** Markup that must always be escaped. */
export const HOSTILE = `<img src=x onerror="alert(1)">&'</script>`;

const AREA = {
  value: 0.8671,
  ci: [0.51, 0.98] as [number, number],
  ci_by_exam: [0.5, 1] as [number, number],
  undefined: null,
};
const NOTHING = { value: null, ci: null, ci_by_exam: null, undefined: "There are no positives" };

const RATE = {
  value: 0.9,
  ci: [0.8, 0.95] as [number, number],
  ci_by_exam: [0.78, 0.97] as [number, number],
  undefined: null,
  count: 9,
  of: 10,
};

const BREAST: LevelReport = {
  count: 40,
  positives: 12,
  exams: 21,
  exams_positive: 11,
  auroc: { ...AREA, ci_delong: [0.6, 0.97], ci_delong_by_exam: [0.59, 0.98] },
  auprc: AREA,
  average_precision: AREA,
  brier: AREA,
  operating_points: [
    {
      name: "specificity>=0.90",
      threshold: 0.123456,
      sensitivity: RATE,
      specificity: RATE,
      ppv: { ...RATE, value: null, undefined: "Nothing is called positive" },
      npv: RATE,
      recall_rate: RATE,
      cancer_detection_rate: { ...RATE, value: 5.62, ci: [4.1, 7.2], ci_by_exam: [4, 7.4] },
      at_prevalence: {
        prevalence: 0.006,
        ppv: RATE,
        npv: RATE,
        recall_rate: RATE,
        cancer_detection_rate: RATE,
      },
      undefined: null,
    },
    {
      name: "sensitivity>=0.90",
      threshold: null,
      sensitivity: { ...RATE, value: null },
      specificity: { ...RATE, value: null },
      ppv: RATE,
      npv: RATE,
      recall_rate: RATE,
      cancer_detection_rate: RATE,
      at_prevalence: null,
      undefined: "No threshold reaches it",
    },
  ],
  calibration: {
    bins: [{
      lower: 0,
      upper: 0.2,
      count: 20,
      positives: 2,
      mean_score: 0.11,
      observed: 0.1,
      ci: [0.02, 0.3],
    }],
    slope: { value: 1.31, ci: [1.1, 1.5], ci_by_exam: [1.09, 1.53], undefined: null },
    intercept: { value: -1.2, ci: [-1.4, -1], ci_by_exam: [-1.42, -0.98], undefined: null },
    in_the_large: NOTHING,
    ece: { value: 0.042, undefined: null },
    undefined: null,
  },
  histogram: { edges: [0, 0.5, 1], positives: [2, 10], negatives: [25, 3] },
  bootstrap: {
    method: "percentile",
    quantile_type: "R-7",
    stratified: false,
    replicates: 2000,
    used: 2000,
    discarded: 0,
    used_by_exam: 1998,
    discarded_by_exam: 2,
    seed: 7,
    confidence: 0.95,
  },
  plots: {
    roc: "/v1/scores/x/breast/roc.png",
    pr: "/v1/scores/x/breast/pr.png",
    roc_svg: "/v1/scores/x/breast/roc.svg",
    pr_svg: "/v1/scores/x/breast/pr.svg",
    calibration: "/v1/scores/x/breast/calibration.png",
    calibration_svg: "/v1/scores/x/breast/calibration.svg",
    histogram: "/v1/scores/x/breast/histogram.png",
    histogram_svg: "/v1/scores/x/breast/histogram.svg",
    curves: "/v1/scores/x/breast/curves.csv",
    samples: "/v1/scores/x/breast/samples.csv",
  },
};

function groupOf(group: string | null, auroc: LevelReport["auroc"]): Subgroups["groups"][number] {
  const { plots: _, ...level } = BREAST;
  const too_small = auroc.value === null ? "Too small for reliable numbers: 0 positives" : null;
  return { group, exams: 7, levels: { breast: { ...level, auroc, too_small } } };
}

/** A report with content for every part of the page. */
export const FULL_REPORT: ScoreReport = {
  id: "0193f1f0-0000-7000-8000-000000000001",
  dataset: "autumn",
  model: "nyu_gmic",
  experiment: "exp1",
  evaluation: "0193f1f0-0000-7000-8000-000000000002",
  levels: {
    breast: BREAST,
    image: { ...BREAST, count: 80, positives: 24, operating_points: [] },
  },
  subgroups: [{
    key: `density ${HOSTILE}`,
    source: "data_list",
    bins: null,
    negatives: "own",
    groups: [
      groupOf("A", BREAST.auroc),
      groupOf(HOSTILE, { ...NOTHING, ci_delong: null, ci_delong_by_exam: null }),
      groupOf(null, BREAST.auroc),
    ],
  }],
  misses: {
    positives: [{ exam: `e1 ${HOSTILE}`, laterality: "left", score: 0.012345, outranked_by: 25 }],
    negatives: [{ exam: "e2", laterality: "right", score: 0.98765, outranked_by: 1 }],
  },
  warnings: [{ exam: "e1", view: null, image: null, code: "odd", message: `Odd: ${HOSTILE}` }],
  warnings_total: 45,
  provenance: {
    model_version: "sha256:abcdefabcdefabcdefabcdefabcdefabcdef",
    executor: "docker",
    image: { tag: "mammoeval/nyu_gmic:1", digest: `sha256:${"0".repeat(64)}`, built_at: null },
    device: "gpu",
    gpus: ["0"],
    blind: true,
    parameters: { MODEL_INDEX: HOSTILE },
    dataset_digest: `sha256:${"1".repeat(64)}`,
    predictions_sha256: "2".repeat(64),
    run_ms: 5_423_000,
    something_new: { a: 1 },
    content: "said elsewhere",
  },
  created_at: "2026-11-25T02:51:33.123Z",
};

/** Curves of {@linkcode FULL_REPORT}. */
export const FULL_CURVES: ScoreCurves = {
  breast: { roc: [[0, 0], [0, 0.5], [1, 1]], pr: [[0, 1], [1, 0.3]] },
  image: { roc: [[0, 0], [0, 0.5], [1, 1]], pr: [[0, 1], [1, 0.3]] },
};

/** A report of one class without intervals, uploaded without names. */
export const BARE_REPORT: ScoreReport = {
  ...FULL_REPORT,
  dataset: null,
  model: null,
  experiment: null,
  evaluation: null,
  levels: {
    breast: {
      count: 2,
      positives: 0,
      exams: 2,
      exams_positive: 0,
      auroc: { ...NOTHING, ci_delong: null, ci_delong_by_exam: null },
      auprc: NOTHING,
      average_precision: NOTHING,
      brier: { ...NOTHING, undefined: "Scores are no probabilities" },
      operating_points: [],
      calibration: {
        bins: [],
        slope: NOTHING,
        intercept: NOTHING,
        in_the_large: NOTHING,
        ece: { value: null, undefined: "There are no positive samples." },
        undefined: "There are no positive samples.",
      },
      histogram: { edges: [], positives: [], negatives: [] },
      bootstrap: null,
      plots: BREAST.plots,
    },
  },
  subgroups: [],
  misses: { positives: [], negatives: [] },
  warnings: [],
  warnings_total: 0,
  provenance: { data_list_sha256: "3".repeat(64) },
};

/** Curves of {@linkcode BARE_REPORT}. */
export const BARE_CURVES: ScoreCurves = { breast: { roc: [], pr: [] } };
