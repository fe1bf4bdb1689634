import { mainLevelOf, type ScoreReport } from "../../../shared/contracts/scores.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import { type Cell, writeTable } from "../../../shared/format/mod.ts";
import { loadSamples, type SampleSource } from "../samples/load_samples.ts";

/** Scores of one state of a dataset: each becomes a column. */
export interface SideBySideRequest {
  readonly reports: readonly ScoreReport[];
}

/** The table, or why a score's samples cannot be read. */
export type SideBySideOutcome =
  | { readonly ok: true; readonly csv: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/**
 * Writes the predictions of several models side by side as CSV: one row per exam and breast with its truth, one column
 * per score. A model that scores only whole exams has rows without a breast; cells of samples that a score lacks
 * are empty.
 */
export async function sideBySide(
  { reports }: SideBySideRequest,
  source: SampleSource,
): Promise<SideBySideOutcome> {
  const rows = new Map<string, { readonly sample: Sample; readonly scores: Cell[] }>();
  for (const [at, report] of reports.entries()) {
    const loaded = await loadSamples(report, mainLevelOf(report.levels), source);
    if (!loaded.ok) return loaded;
    for (const sample of loaded.samples) {
      const key = `${sample.laterality} ${sample.exam}`;
      const row = rows.get(key) ?? { sample, scores: reports.map(() => null) };
      row.scores[at] = sample.score;
      rows.set(key, row);
    }
  }
  const ordered = [...rows.values()].sort((a, b) => a.sample.examIndex - b.sample.examIndex);
  const csv = writeTable(
    ["exam_id", "breast", "malignant", ...columnsOf(reports)],
    ordered.map(({ sample: { exam, laterality, label }, scores }) =>
      [exam, laterality, label, ...scores] as const
    ),
    { escapeFormulas: true },
  );
  return { ok: true, csv: new TextEncoder().encode(csv) };
}

/** `<model>_<experiment>`, followed by the score's id where two are called alike. */
function columnsOf(reports: readonly ScoreReport[]): string[] {
  const names = reports.map(({ model, experiment }) =>
    [model ?? "uploaded", ...experiment === null ? [] : [experiment]].join("_")
  );
  return names.map((name, at) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : `${name}_${reports[at]!.id}`
  );
}
