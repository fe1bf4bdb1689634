import type { LevelReport, ScoreReport } from "../shared/contracts/scores.ts";
import type { Console } from "./console.ts";

type Area = LevelReport["auprc"];

/** Prints a score's metrics in the metarepository's wording, with both intervals. */
export function printScore(report: ScoreReport, console: Console): void {
  const { image, breast, exam } = report.levels;
  for (const [name, level] of [["Image", image], ["Breast", breast], ["Exam", exam]] as const) {
    if (level === undefined || level.count === 0) continue;
    const counts = `${level.count} ${name.toLowerCase()}s, ${level.positives} malignant`;
    console.result(console.paint("bold", `${name}-level metrics (${counts})`));
    const confidence = level.bootstrap?.confidence ?? null;
    console.result(`  AUROC: ${areaText(level.auroc, confidence)}`);
    console.result(`  AUPRC: ${areaText(level.auprc, confidence)}`);
    console.result(`  Average precision: ${areaText(level.average_precision, confidence)}`);
  }
  for (const { message } of report.warnings.slice(0, 10)) console.note(`warning: ${message}`);
  const more = report.warnings_total - 10;
  if (more > 0) console.note(`warning: and ${more} more: see the score report`);
}

function areaText(area: Area, confidence: number | null): string {
  if (area.value === null) return `undefined: ${area.undefined}`;
  const value = area.value.toFixed(3);
  if (confidence === null) return value;
  const percent = Number((confidence * 100).toFixed(3));
  const row = area.ci === null ? null : `${percent} % CI ${intervalText(area.ci)}`;
  const exam = area.ci_by_exam === null ? null : `by exam ${intervalText(area.ci_by_exam)}`;
  const intervals = [row, exam].filter((text) => text !== null).join("; ");
  return intervals === "" ? `${value} (no interval: ${area.undefined})` : `${value} (${intervals})`;
}

function intervalText([lower, upper]: readonly [number, number]): string {
  return `${lower.toFixed(3)}–${upper.toFixed(3)}`;
}
