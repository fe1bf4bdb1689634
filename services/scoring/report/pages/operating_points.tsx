import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  Level,
  LevelReport,
  OperatingPointReport,
} from "../../../../shared/contracts/scores.ts";
import { DEFAULT_CONFIDENCE } from "../level_charts.ts";
import { operatingPointName } from "../operating_point_name.ts";
import {
  confidenceText,
  countText,
  intervalText,
  percentDigits,
  percentText,
  scoreText,
  ScrollingTable,
} from "../../../../shared/pages/mod.ts";

type Rate = OperatingPointReport["sensitivity"];
type Reweighted = NonNullable<OperatingPointReport["at_prevalence"]>["ppv"];

/** One column of the table: what is counted, and how. */
const COLUMNS = [
  ["sensitivity", "Sensitivity"],
  ["specificity", "Specificity"],
  ["ppv", "Positive predictive value"],
  ["npv", "Negative predictive value"],
  ["recall_rate", "Recall rate"],
  ["cancer_detection_rate", "Cancers found per 1,000 exams"],
] as const;

/** What happens at chosen thresholds: a table for each, so that it fits on paper. */
export function OperatingPoints({ level, report }: {
  readonly level: Level;
  readonly report: LevelReport;
}): JSX.Element | null {
  const points = report.operating_points;
  if (points.length === 0) return null;
  const confidence = confidenceText(report.bootstrap?.confidence ?? DEFAULT_CONFIDENCE);
  return (
    <>
      <h3>At chosen thresholds</h3>
      <p>
        {level === "image" ? "An image" : "A breast"}{" "}
        is called positive when its score is at or above the threshold. Thresholds that were chosen
        for a sensitivity or specificity were chosen on these exams: on others they will do somewhat
        worse than their intervals ({confidence}) say.
      </p>
      {points.map((point) => <PointTable level={level} point={point} />)}
    </>
  );
}

function PointTable({ level, point }: {
  readonly level: Level;
  readonly point: OperatingPointReport;
}): JSX.Element {
  const { threshold, at_prevalence } = point;
  const name = operatingPointName(point.name);
  if (threshold === null) {
    return (
      <p>
        <strong>{name}:</strong> {point.undefined ?? "no threshold has this"}
      </p>
    );
  }
  return (
    <ScrollingTable label={`Operating point ${name}, by ${level}`}>
      <table>
        <caption>
          <strong>{name}</strong>: threshold {scoreText(threshold)}
        </caption>
        <thead>
          <tr>
            <th scope="col">Rate</th>
            <th scope="col" class="number">Value</th>
            <th scope="col" class="number">Counted</th>
            <th scope="col" class="number">Interval by exam</th>
            <th scope="col" class="number">Interval (Wilson)</th>
            {at_prevalence !== null && (
              <th scope="col" class="number">
                At a prevalence of {percentText(at_prevalence.prevalence)}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {COLUMNS.map(([key, title]) => (
            <RateLine
              title={title}
              rate={point[key]}
              perThousand={key === "cancer_detection_rate"}
              reweighted={at_prevalence === null
                ? undefined
                : key in at_prevalence
                ? at_prevalence[key as "ppv"]
                : null}
            />
          ))}
        </tbody>
      </table>
    </ScrollingTable>
  );
}

function RateLine({ title, rate, perThousand, reweighted }: {
  readonly title: string;
  readonly rate: Rate;
  readonly perThousand: boolean;
  /** Undefined: there is no such column; null: the rate does not depend on the prevalence. */
  readonly reweighted: Reweighted | null | undefined;
}): JSX.Element {
  const one = perThousand ? perThousandText : percentText;
  const limit = perThousand ? perThousandText : percentDigits;
  return (
    <tr>
      <th scope="row">
        {title}
        {rate.undefined !== null && <small class="note">{rate.undefined}</small>}
      </th>
      <td class="number">{rate.value === null ? "undefined" : one(rate.value)}</td>
      <td class="number">{countText(rate.count)} of {countText(rate.of)}</td>
      <td class="number">{intervalText(rate.ci_by_exam, limit)}</td>
      <td class="number">{intervalText(rate.ci, limit)}</td>
      {reweighted !== undefined && (
        <td class="number">
          {reweighted === null ? "the same" : reweighted.value === null ? "undefined" : (
            <>
              {one(reweighted.value)}
              <small>{intervalText(reweighted.ci_by_exam ?? reweighted.ci, limit)}</small>
            </>
          )}
        </td>
      )}
    </tr>
  );
}

/** A rate that is per thousand already: one decimal. */
function perThousandText(rate: number): string {
  return rate.toFixed(1);
}
