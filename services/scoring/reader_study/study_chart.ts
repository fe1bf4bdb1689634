import type { ReaderStudyReport } from "../../../shared/contracts/reader_studies.ts";
import { CHANCE, estimateText, thinPoints } from "../report/mod.ts";
import type { ChartEstimate, Curve, CurveChart, Point } from "../report/mod.ts";
import { countAtThresholds, rocCurve } from "../statistics/mod.ts";
import type { Rater, ReaderStudy } from "./read_study.ts";
import type { StudyTruth } from "./study_truth.ts";

/** Line patterns of models in turn, distinguishable without colour. */
const DASHES = ["solid", "dashed", "dash_dot"] as const;
const COLOURS = ["blue", "red", "green", "purple", "brown"] as const;

/** Readers as dotted curves and points (at or above `readerThreshold`; null for none), models as lines. */
export function studyChart(
  study: ReaderStudy,
  truth: StudyTruth,
  models: ReaderStudyReport["models"],
  subtitle: string,
  readerThreshold: number | null,
): CurveChart {
  const readerCurves = study.readers.map((reader, at): Curve => ({
    label: at === 0 ? `each of ${study.readers.length} readers` : "",
    points: pointsOf(reader, truth),
    dash: "dotted",
    colour: "grey",
  }));
  const modelCurves = study.models.map((model, at): Curve => ({
    label: estimateText(`${model.name}: AUROC`, estimateOf(models[at]!.auroc, truth.confidence)),
    points: pointsOf(model, truth),
    dash: DASHES[at % DASHES.length]!,
    colour: COLOURS[at % COLOURS.length]!,
  }));
  const readerPoints: Curve[] = readerThreshold === null || study.readers.length === 0 ? [] : [{
    label: `readers who recall at ${readerThreshold} or above`,
    points: study.readers.flatMap((reader) => pointAt(reader, truth, readerThreshold)),
    dash: "none",
    marker: "circle",
    colour: "grey",
  }];
  return {
    title: "Reader study: ROC curves",
    subtitle,
    xLabel: "False-positive rate (1 − specificity)",
    yLabel: "Sensitivity",
    curves: [CHANCE, ...readerCurves, ...modelCurves, ...readerPoints],
  };
}

function estimateOf(
  auroc: ReaderStudyReport["models"][number]["auroc"],
  confidence: number,
): ChartEstimate {
  return { value: auroc.value, ci: auroc.ci_by_exam, confidence, undefined: auroc.undefined };
}

function pointsOf({ scores }: Rater, { labels }: StudyTruth): Point[] {
  const curve = rocCurve(countAtThresholds(scores, labels));
  if (curve.undefined !== null) return [];
  const { falsePositiveRate, truePositiveRate } = curve;
  return thinPoints(Array.from(falsePositiveRate, (x, at): Point => [x, truePositiveRate[at]!]));
}

function pointAt({ scores }: Rater, { labels }: StudyTruth, threshold: number): Point[] {
  const called = [0, 0];
  const all = [0, 0];
  for (const [row, label] of labels.entries()) {
    all[label]! += 1;
    if (scores[row]! >= threshold) called[label]! += 1;
  }
  return all[0]! > 0 && all[1]! > 0 ? [[called[0]! / all[0]!, called[1]! / all[1]!]] : [];
}
