/**
 * Coverage of 95 % intervals by exam, from `deno task coverage 600 by_cancers` (seeds 1,000,000 × cancers + simulation,
 * 500 replicates, four times as many exams without cancer and at least 300, true AUROC 0.86).
 */
export const COVERAGE: readonly CoverageRow[] = [
  { cancers: 5, auroc: 0.852, averagePrecision: 0.922, specificityAtSensitivity: 0.495 },
  { cancers: 10, auroc: 0.862, averagePrecision: 0.943, specificityAtSensitivity: 0.68 },
  { cancers: 20, auroc: 0.903, averagePrecision: 0.945, specificityAtSensitivity: 0.877 },
  { cancers: 40, auroc: 0.933, averagePrecision: 0.953, specificityAtSensitivity: 0.932 },
  { cancers: 60, auroc: 0.94, averagePrecision: 0.963, specificityAtSensitivity: 0.958 },
  { cancers: 100, auroc: 0.945, averagePrecision: 0.95, specificityAtSensitivity: 0.945 },
  { cancers: 300, auroc: 0.947, averagePrecision: 0.958, specificityAtSensitivity: 0.96 },
];

/** Shares of simulations whose interval contained the true value. */
export interface CoverageRow {
  readonly cancers: number;
  readonly auroc: number;
  readonly averagePrecision: number;
  /** At a sensitivity of 0.90, with the threshold chosen again in every replicate. */
  readonly specificityAtSensitivity: number;
}

/** With fewer exams with cancer, coverage is below the nominal level. */
const TRUSTED_FROM = 40;

/** Warns about intervals from few cancers; null from 40 on, and for so few that there are no intervals. */
export function trustText(cancers: number): string | null {
  if (cancers >= TRUSTED_FROM || cancers < COVERAGE[0]!.cancers) return null;
  // The row of the next lower number of cancers: it does not overstate coverage.
  const { cancers: of, auroc, specificityAtSensitivity } = COVERAGE.findLast((row) =>
    row.cancers <= cancers
  )!;
  const times = (share: number): string => `${Math.round(share * 100)} in 100 times`;
  return `With ${cancers} exams with cancer intervals are rough. In simulations of ${of} cancers, 95\u00a0% ` +
    `intervals held the true AUROC ${times(auroc)}, and the specificity at 90\u00a0% sensitivity ` +
    `${times(specificityAtSensitivity)}.`;
}
