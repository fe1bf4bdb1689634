import {
  auroc,
  clusteredDelong,
  type Interval,
  pairedClusteredDelong,
} from "../../../services/scoring/statistics/mod.ts";
import { forestChart } from "../../../services/scoring/report/forest_chart.ts";
import { renderSvg } from "../../../services/scoring/report/render_svg.ts";
import { imagineExams, TRUE_AUROC } from "./imagined_exams.ts";

/** Test sets that are imagined for each line of a table. */
const DRAWS = 100;
const CONFIDENCE = 0.95;
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How many women there are in a test set. */
interface Size {
  readonly withCancer: number;
  readonly without: number;
}

/** Test sets of all sizes; one of them has ten times the healthy women of another. */
const SIZES: readonly Size[] = [
  { withCancer: 10, without: 40 },
  { withCancer: 30, without: 120 },
  { withCancer: 100, without: 400 },
  { withCancer: 100, without: 4000 },
  { withCancer: 300, without: 1200 },
  { withCancer: 1000, without: 4000 },
];

/** Lower and upper end of the interval by exam that test sets of a size typically give. */
function typicalInterval(size: Size): { lower: number; upper: number } {
  const intervals = Array.from({ length: DRAWS }, (_, seed) => {
    const { scores, labels, clusters } = imagineExams({ ...size, models: [0], alike: 0, seed });
    return clusteredDelong(scores[0]!, labels, clusters, CONFIDENCE).ci;
  });
  return {
    lower: mean(intervals.map(({ lower }) => lower!)),
    upper: mean(intervals.map(({ upper }) => upper!)),
  };
}

const typical = SIZES.map((size) => ({
  ...typicalInterval(size),
  withCancer: size.withCancer.toLocaleString("en"),
  without: size.without.toLocaleString("en"),
}));

/** How wide intervals are for a model of one AUROC, by the number of women. */
export function intervalWidths(): string {
  const rows = typical.map(({ withCancer, without, lower, upper }) =>
    `| ${withCancer} | ${without} | ${lower.toFixed(2)} to ${upper.toFixed(2)} |`
  );
  return `| women with cancer | without | typical interval by exam of an AUROC of ${TRUE_AUROC} |
|---:|---:|---|
${rows.join("\n")}`;
}

/** The same as a picture. */
export function drawIntervalWidths(): string {
  return renderSvg(forestChart({
    title: "How sure an AUROC is, by the number of cancers",
    subtitle: `Women with cancer / without; typical intervals by exam of an AUROC of ${TRUE_AUROC}`,
    metric: "AUROC",
    overall: null,
    rows: typical.map(({ withCancer, without, lower, upper }) => ({
      label: `${withCancer} / ${without}`,
      value: TRUE_AUROC,
      ci: [lower, upper],
    })),
  }));
}

/** Two models on the same women, of which one is a little better. */
export function twoModels(): string {
  const { scores, labels, clusters } = imagineExams({
    ...{ withCancer: 100, without: 400, models: [0, 0.15], alike: 0.85, seed: 3 },
  });
  const [a, b] = scores as [Float64Array, Float64Array];
  const alone = [a, b].map((model) => clusteredDelong(model, labels, clusters, CONFIDENCE));
  const { difference, ci, p } = pairedClusteredDelong(b, a, labels, clusters, CONFIDENCE);
  const rows = alone.map(({ auroc: { value }, ci }, model) =>
    `| AUROC of ${"AB"[model]} | ${value!.toFixed(3)} | ${range(ci)} |`
  );
  return `| | | interval by exam |
|---|---:|---|
${rows.join("\n")}
| B less A, on the same women | ${difference.value!.toFixed(3)} | ${range(ci)}, p = ${
    p.value!.toFixed(3)
  } |`;
}

function range({ lower, upper }: Interval): string {
  return `${lower!.toFixed(3)} to ${upper!.toFixed(3)}`;
}

/** What the first of a leaderboard has, where all models are equally good. */
export function bestOfMany(): string {
  const most = 30;
  const draws = Array.from({ length: DRAWS }, (_, seed) => {
    const { scores, labels } = imagineExams({
      ...{ withCancer: 60, without: 240, models: new Array(most).fill(0), alike: 0.5, seed },
    });
    return scores.map((model) => auroc(model, labels).value!);
  });
  const rows = [1, 3, 10, most].map((models) => {
    const best = mean(draws.map((areas) => Math.max(...areas.slice(0, models))));
    return `| ${models} | ${best.toFixed(3)} |`;
  });
  return `| models, all with an AUROC of ${TRUE_AUROC} in truth | AUROC of the first, on average |
|---:|---:|
${rows.join("\n")}`;
}
