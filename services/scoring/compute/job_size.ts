import { LEVELS } from "../../../shared/contracts/scores.ts";
import {
  JOB_HEAP_MIB,
  LARGE_JOB_BYTES_MIN,
  LARGE_JOB_DRAWS_MIN,
  LARGE_JOB_ROWS_MIN,
  SENT_JOB_HEAP_MIB,
  SENT_LIST_BYTES_MAX,
  SENT_PREDICTIONS_BYTES_MAX,
  SMALL_JOB_HEAP_MIB,
} from "../../../shared/limits.ts";
import type { SampledReport } from "../samples/load_samples.ts";
import type { MeasureOptions } from "../measures/measure_options.ts";
import type { JobKind, JobRequest } from "./jobs.ts";

interface Work {
  readonly bytes: number;
  /** Samples to read and measure. */
  readonly rows: number;
  /** Samples drawn by all replicates. */
  readonly draws: number;
}

const ESTIMATES: { readonly [K in JobKind]: (request: JobRequest<K>) => Work } = {
  score: ({ truth, predictions, measure }) => {
    const rows = predictions.bytes / BYTES_A_ROW;
    const bytes = truth.file.bytes + predictions.bytes;
    return { bytes, rows, draws: rows * replicatesOf(measure) };
  },
  draw: () => ({ bytes: 0, rows: 0, draws: 0 }),
  compare: ({ reports, reference, bootstrap }) => {
    const rows = rowsOf(reports);
    const others = reports.length - 1;
    const pairs = reference === null ? reports.length * others / 2 : others;
    const draws = pairs * (rows / reports.length) * (bootstrap?.replicates ?? 0) * TESTS_A_PAIR;
    return { bytes: 0, rows, draws };
  },
  combine: ({ reports, measure }) => {
    const rows = rowsOf(reports);
    return { bytes: 0, rows, draws: rows / reports.length * replicatesOf(measure) };
  },
  rank: ({ ranked }) => {
    const reports = new Set(ranked.flatMap(({ best, others }) => [best, ...others]));
    return { bytes: 0, rows: rowsOf([...reports]), draws: 0 };
  },
  export: () => ({ bytes: 0, rows: 0, draws: 0 }),
  exam: ({ report }) => ({ bytes: 0, rows: rowsOf([report]), draws: 0 }),
  regroup: workAgain,
  rescore: workAgain,
  simulate: ({ report, tuning, request }) => {
    const rows = rowsOf([report, ...tuning]);
    return { bytes: 0, rows, draws: rows * (request.pathways.length + 1) };
  },
  decide: ({ reports }) => ({ bytes: 0, rows: rowsOf(reports), draws: 0 }),
  side: ({ reports }) => ({ bytes: 0, rows: rowsOf(reports), draws: 0 }),
  analyse: ({ report, tuning, request }) => {
    const rows = rowsOf([report, ...tuning]);
    const passes = request.thresholds.length + (request.net_benefit?.thresholds.length ?? 0);
    return { bytes: 0, rows, draws: rows * (passes + 1) };
  },
  study: ({ results, measure }) => {
    const rows = results.bytes / BYTES_A_ROW;
    return { bytes: results.bytes, rows, draws: rows * replicatesOf(measure) };
  },
};

function workAgain({ report, attributes, measure }: JobRequest<"regroup">): Work {
  const rows = rowsOf([report]);
  return { bytes: attributes?.bytes ?? 0, rows, draws: rows * replicatesOf(measure) };
}

const BYTES_A_ROW = 40;
/** Requests larger than one upload use a registered dataset or several scores. */
const SENT_BYTES_MAX = SENT_LIST_BYTES_MAX + SENT_PREDICTIONS_BYTES_MAX;
const SENT_ROWS_MAX = SENT_PREDICTIONS_BYTES_MAX / BYTES_A_ROW;
const TESTS_A_PAIR = 4;

/** Size of a job, for its turn and its process. */
export interface JobSize {
  /** Whether it runs long enough to delay others noticeably. */
  readonly isLarge: boolean;
  /** Whether it needs much memory. */
  readonly isHeavy: boolean;
  /** Heap limit of its process, in MiB. */
  readonly heapMib: number;
}

/** Estimates the size of a job. */
export function sizeOfJob<K extends JobKind>(kind: K, request: JobRequest<K>): JobSize {
  const { bytes, rows, draws } = ESTIMATES[kind](request);
  const isHeavy = bytes >= LARGE_JOB_BYTES_MIN || rows >= LARGE_JOB_ROWS_MIN;
  const isSent = bytes <= SENT_BYTES_MAX && rows <= SENT_ROWS_MAX;
  const heapMib = !isHeavy ? SMALL_JOB_HEAP_MIB : isSent ? SENT_JOB_HEAP_MIB : JOB_HEAP_MIB;
  return { isLarge: isHeavy || draws >= LARGE_JOB_DRAWS_MIN, isHeavy, heapMib };
}

function replicatesOf({ bootstrap }: MeasureOptions): number {
  return bootstrap?.replicates ?? 0;
}

/** Number of samples in all levels of reports. */
function rowsOf(reports: readonly SampledReport[]): number {
  return reports.reduce(
    (sum, { levels }) => LEVELS.reduce((all, level) => all + (levels[level]?.count ?? 0), sum),
    0,
  );
}
