import type { JSX } from "hono/jsx/jsx-runtime";
import type { WeightedLevel } from "../../../../shared/contracts/design_estimates.ts";
import type { Level } from "../../../../shared/contracts/scores.ts";
import { operatingPointName } from "../operating_point_name.ts";
import {
  coefficientInterval,
  coefficientText,
  column,
  countText,
  intervalText,
  metricText,
  percentDigits,
  percentText,
  Table,
} from "../../../../shared/pages/mod.ts";

interface WeightedRow {
  readonly name: string;
  readonly note: string | null;
  readonly value: string;
  readonly interval: string;
}

type DesignEstimate = WeightedLevel["brier"];

const METRICS = [["auroc", "AUROC"], ["average_precision", "Average precision"], [
  "brier",
  "Brier score",
]] as const;
const COEFFICIENTS = [["slope", "Calibration slope"], [
  "observed_over_expected",
  "Observed over expected",
]] as const;
const SHARES = [
  ["sensitivity", "Sensitivity"],
  ["specificity", "Specificity"],
  ["recall_rate", "Recall rate"],
  ["ppv", "Positive predictive value"],
] as const;

/** The measures with each exam counted by its weight; nothing without weights. */
export function Weighted({ level, weighted }: {
  readonly level: Level;
  readonly weighted: WeightedLevel | undefined;
}): JSX.Element | null {
  if (weighted === undefined) return null;
  const row = (
    name: string,
    { value, ci, undefined: reason }: DesignEstimate,
    text: (value: number) => string,
    limits: (ci: [number, number] | null) => string,
  ): WeightedRow => ({
    name,
    note: reason,
    value: value === null ? "undefined" : text(value),
    interval: limits(ci),
  });
  const percents = (ci: [number, number] | null): string => intervalText(ci, percentDigits);
  const rows = [
    ...METRICS.map(([key, name]) => row(name, weighted[key], metricText, intervalText)),
    ...COEFFICIENTS.map(([key, name]) =>
      row(name, weighted[key], coefficientText, coefficientInterval)
    ),
    row("Share of positives", weighted.prevalence, percentText, percents),
    ...weighted.operating_points.flatMap((point) =>
      SHARES.map(([key, name]) =>
        row(`${name} at ${operatingPointName(point.name)}`, point[key], percentText, percents)
      )
    ),
  ];
  const { clusters, strata } = weighted.design;
  return (
    <>
      <h3>Weighted to the programme</h3>
      <p>
        Each {level}{" "}
        counts by the weight of its exam, 1 / probability of selection. Normal intervals of the
        sampling: {countText(clusters)} women or exams in {countText(strata)}{" "}
        {strata === 1 ? "stratum" : "strata"}. All other tables and charts count every exam once.
      </p>
      <Table
        label={`Weighted results by ${level}`}
        columns={[
          column<WeightedRow>("head", "Measure", ({ name, note }) => (
            <>
              {name}
              {note !== null && <small>{note}</small>}
            </>
          )),
          column<WeightedRow>("number", "Value", ({ value }) => value),
          column<WeightedRow>("number", "Interval", ({ interval }) => interval),
        ]}
        rows={rows}
      />
    </>
  );
}
