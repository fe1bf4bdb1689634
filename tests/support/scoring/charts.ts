/**
 * Charts that are hard to draw, for tests of layout and renderers.
 *
 * @module
 */

import { calibrationChart } from "../../../services/scoring/report/calibration_chart.ts";
import type { CurveChart, Point } from "../../../services/scoring/report/curve_chart.ts";
import { forestChart } from "../../../services/scoring/report/forest_chart.ts";
import { histogramChart } from "../../../services/scoring/report/histogram_chart.ts";
import { prChart } from "../../../services/scoring/report/level_charts.ts";
import { rocChart } from "../../../services/scoring/report/roc_chart.ts";

const LONG = "a_model_with_quite_a_long_name-v2.1.7_ensemble · experiment-2025-11-25_rerun · " +
  "screening_cohort_of_the_autumn_with_further_words";

const MANY: Point[] = Array.from({ length: 100_001 }, (_, at) => {
  const x = at / 100_000;
  return [x, Math.round(Math.sqrt(x) * 3000) / 3000];
});

const UNDEFINED = { value: null, ci: null, confidence: 0.95, undefined: "there are no positives" };
const AREA = { value: 0.871, ci: [0.83, 0.91], confidence: 0.95 } as const;
const GROUPS = [
  "A",
  "B, scattered areas of density",
  "extremely_dense_without_any_space_at_all",
  "",
];

/** The charts, by what is hard about them. */
export const HARD_CHARTS: Readonly<Record<string, CurveChart>> = {
  "one class": rocChart({ subtitle: "m · d", points: [], auroc: UNDEFINED }),
  "no sample": prChart({ subtitle: "", points: [], auprc: UNDEFINED, prevalence: null }),
  "one sample": prChart({
    subtitle: "m · d",
    points: [[0, 1], [1, 1]],
    auprc: { value: 1, ci: null, confidence: 0.95, undefined: "fewer than 8 samples" },
    prevalence: 1,
  }),
  "100,000 points": rocChart({ subtitle: "m · d", points: MANY, auroc: AREA }),
  "long names": rocChart({ title: LONG, subtitle: LONG, points: [[0, 0], [1, 1]], auroc: AREA }),
  "narrow": {
    ...rocChart({ title: "", subtitle: "", points: [[0, 0], [0, 1], [1, 1]], auroc: AREA }),
    width: 420,
  },
  "markup in names": rocChart({
    title: `<script>"&'</script>`,
    subtitle: "a\u0000b\ud800c",
    points: [[0, 0], [1, 1]],
    auroc: AREA,
  }),
  "a class without samples": histogramChart({
    subtitle: "",
    edges: [0, 0.5, 1],
    positives: [0, 0],
    negatives: [3, 1],
  }),
  "scores that are no probabilities": histogramChart({
    subtitle: "",
    edges: [-12.7, -3.1, 6.5],
    positives: [0, 40],
    negatives: [12_345, 1],
  }),
  "all in the first bin": histogramChart({
    subtitle: "",
    edges: [0.25, 0.25],
    positives: [1],
    negatives: [1],
  }),
  "low calibration": calibrationChart({
    subtitle: "",
    confidence: 0.95,
    bins: [
      { meanScore: 0.0004, observed: 0, ci: [0, 0.002] },
      { meanScore: 0.003, observed: 0.01, ci: [0.001, 0.02] },
    ],
  }),
  "calibration without intervals": calibrationChart({
    subtitle: "",
    confidence: 0.95,
    bins: [{ meanScore: 0.2, observed: 1, ci: null }],
  }),
  "no calibration": calibrationChart({ subtitle: "", confidence: 0.95, bins: [] }),
  "subgroups": forestChart({
    title: "AUROC by density",
    subtitle: "",
    metric: "AUROC",
    overall: 0.871,
    rows: [
      { label: GROUPS[0]!, value: 0.9, ci: [0.7, 1] },
      { label: GROUPS[1]!, value: 0.42, ci: null },
      { label: GROUPS[2]!, value: null, ci: null },
      { label: GROUPS[3]!, value: 0.5, ci: [0, 1] },
    ],
  }),
  "a single group": forestChart({
    title: "",
    subtitle: "",
    metric: "AUROC",
    overall: null,
    rows: [{ label: "all", value: null, ci: null }],
    width: 420,
  }),
};
