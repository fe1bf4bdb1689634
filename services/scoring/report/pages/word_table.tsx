import { raw } from "hono/html";
import { mainLevelOf, type ScoreReport } from "../../../../shared/contracts/scores.ts";
import {
  coefficientInterval,
  coefficientText,
  confidenceText,
  counted,
  countText,
  intervalText,
  metricText,
  momentText,
  percentDigits,
  percentText,
} from "../../../../shared/pages/mod.ts";
import { DEFAULT_CONFIDENCE } from "../level_charts.ts";
import { SHARES } from "./operating_points.tsx";
import { clusterName, datasetName, modelName, operatingPointName } from "../names.ts";

const AREAS = [
  ["auroc", "AUROC"],
  ["average_precision", "Average precision"],
  ["brier", "Brier score"],
] as const;

/** Word ignores style sheets of pages, but keeps attributes of tables. */
const TABLE = { border: 1, cellspacing: 0, cellpadding: 4 };

/**
 * Writes the main results of a score as a document with one plain table, which Word and LibreOffice open and from which
 * it can be pasted: HTML without script, charts or colours.
 */
export function writeWordTable(report: ScoreReport): string {
  const level = mainLevelOf(report.levels);
  const of = report.levels[level]!;
  const title = `${modelName(report)} on ${datasetName(report)}`;
  const { slope } = of.calibration;
  const undefinedText = (value: number | null, text: (value: number) => string): string =>
    value === null ? "undefined" : text(value);
  const rows: readonly (readonly [name: string, value: string, interval: string])[] = [
    ...AREAS.map(([key, name]) =>
      [name, metricText(of[key].value), intervalText(of[key].ci_by_exam)] as const
    ),
    [
      "Calibration slope",
      undefinedText(slope.value, coefficientText),
      coefficientInterval(slope.ci_by_exam),
    ],
    ...of.operating_points.flatMap((point) =>
      SHARES.map(([key, name]) =>
        [
          `${name} at ${operatingPointName(point.name)}`,
          undefinedText(point[key].value, percentText),
          intervalText(point[key].ci_by_exam, percentDigits),
        ] as const
      )
    ),
  ];
  const confidence = confidenceText(of.bootstrap?.confidence ?? DEFAULT_CONFIDENCE);
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
      </head>
      <body>
        <p>
          <b>{title}</b>: {counted(of.count, level)} of {counted(of.exams, "exam")},{" "}
          {countText(of.positives)} malignant. Scored {momentText(report.created_at)}; score{" "}
          {report.id}.
        </p>
        <table {...TABLE}>
          <thead>
            <tr>
              <th align="left">Measure</th>
              <th align="right">Value</th>
              <th align="right">{confidence} interval, by {clusterName(of)}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, value, interval]) => (
              <tr>
                <td>{name}</td>
                <td align="right">{value}</td>
                <td align="right">{interval}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </body>
    </html>
  );
  return `<!doctype html>\n${raw(String(page))}\n`;
}
