import type {
  RaterReport,
  ReaderScale,
  ReaderStudyReport,
} from "../../../shared/contracts/reader_studies.ts";
import { corrected, zTestOf } from "../measures/difference_tests.ts";
import { yieldToEventLoop } from "../../../shared/async.ts";
import { measureLevel } from "../measures/measure_level.ts";
import type { MeasureOptions } from "../measures/measure_options.ts";
import { compareWithRaters, pairedClusteredDelong } from "../statistics/mod.ts";
import { measureHybrids } from "./measure_hybrids.ts";
import { meanAndSd } from "./mean_and_sd.ts";
import type { Rater, ReaderStudy } from "./read_study.ts";
import { type StudyTruth, truthOf } from "./study_truth.ts";

export type MeasuredStudy = Pick<
  ReaderStudyReport,
  | "rows"
  | "cases"
  | "women"
  | "positives"
  | "readers"
  | "models"
  | "reader_mean"
  | "against_readers"
  | "against_reader_mean"
  | "hybrids"
>;

/** Confidence of DeLong's intervals if no bootstrap was requested. */
const DEFAULT_CONFIDENCE = 0.95;

/** Measures readers, models and hybrids. Rows are clustered by case, or by woman if the file has them. */
export async function measureStudy(
  study: ReaderStudy,
  measure: MeasureOptions,
  readerScale: ReaderScale | null,
): Promise<MeasuredStudy> {
  const truth = truthOf(study, measure.bootstrap?.confidence ?? DEFAULT_CONFIDENCE);
  const readers = await measureRaters(study, study.readers, measure);
  return {
    rows: study.rows.length,
    cases: new Set(study.rows.map(({ caseIndex }) => caseIndex)).size,
    women: truth.unit === "woman" ? new Set(truth.clusters).size : null,
    positives: truth.labels.reduce((sum, label) => sum + label, 0),
    readers,
    models: await measureRaters(study, study.models, measure),
    reader_mean: readers.length === 0 ? null : {
      readers: readers.length,
      auroc: meanAndSd(readers.map(({ auroc }) => auroc.value)),
      auprc: meanAndSd(readers.map(({ auprc }) => auprc.value)),
      average_precision: meanAndSd(readers.map((reader) => reader.average_precision.value)),
    },
    against_readers: againstReaders(study, truth),
    against_reader_mean: againstMean(study, truth),
    hybrids: await measureHybrids(study, truth, readerScale),
  };
}

async function measureRaters(
  { rows }: ReaderStudy,
  raters: readonly Rater[],
  measure: MeasureOptions,
): Promise<RaterReport[]> {
  const reports: RaterReport[] = [];
  for (const { name, column, scores } of raters) {
    const samples = rows.map(({ caseIndex, caseId, patient, side, label }, row) => ({
      examIndex: caseIndex,
      exam: caseId,
      patient,
      laterality: side,
      view: null,
      image: null,
      score: scores[row]!,
      label,
    }));
    reports.push({ name, column, ...(await measureLevel(samples, measure)).report });
    await yieldToEventLoop();
  }
  return reports;
}

function againstReaders(
  { models, readers }: ReaderStudy,
  { labels, clusters, confidence, few }: StudyTruth,
): ReaderStudyReport["against_readers"] {
  return corrected(models.flatMap((model) =>
    readers.map((reader) => {
      const test = pairedClusteredDelong(model.scores, reader.scores, labels, clusters, confidence);
      const { difference } = test;
      return { model: model.name, reader: reader.name, difference, ...zTestOf(test, few) };
    })
  ));
}

function againstMean(
  { models, readers }: ReaderStudy,
  { labels, clusters, confidence, few }: StudyTruth,
): ReaderStudyReport["against_reader_mean"] {
  if (readers.length === 0) return [];
  const scores = readers.map((reader) => reader.scores);
  const tests = models.map((model) =>
    compareWithRaters(model.scores, scores, labels, clusters, confidence)
  );
  const these = corrected(tests.map(({ theseRaters }) => zTestOf(theseRaters, few)));
  const atLarge = corrected(tests.map(({ allRaters }) => {
    const { z: _, ...test } = zTestOf({ ...allRaters, z: allRaters.t }, few);
    const [t, df] = few === null ? [allRaters.t.value, allRaters.df.value] : [null, null];
    return { ...test, t, df };
  }));
  return models.map((model, at) => ({
    model: model.name,
    difference: tests[at]!.difference,
    these_readers: these[at]!,
    readers_at_large: atLarge[at]!,
  }));
}
