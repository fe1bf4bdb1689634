import type { ReaderStudyReport } from "../../../shared/contracts/reader_studies.ts";
import { corrected, limitsOf, zTestOf } from "../difference_tests.ts";
import { letOthers } from "../let_others.ts";
import {
  auprc,
  auroc,
  averagePrecision,
  clusteredDelong,
  pairedClusteredDelong,
} from "../statistics/mod.ts";
import { meanAndSd } from "./mean_and_sd.ts";
import type { Rater, ReaderStudy } from "./read_study.ts";
import type { StudyTruth } from "./study_truth.ts";

type Hybrids = ReaderStudyReport["hybrids"];

/** Share of the model in the hybrids that are tested: equal say, chosen before seeing any data. */
const WEIGHT = 0.5;
/** Twenty steps from reader alone to model alone. */
const SWEEP = Array.from({ length: 21 }, (_, step) => step / 20);
/** Readers give percent where anything is above 1. */
const PERCENT = 100;

/**
 * Combines each reader with each model: weight × model + (1 − weight) × reader, both as
 * probabilities. The sweep shows all weights; the best of them is chosen on the same data and flatters.
 *
 * @param study who rated what
 * @param truth labels and cases
 */
export async function measureHybrids(study: ReaderStudy, truth: StudyTruth): Promise<Hybrids> {
  const scale = scaleOf(study.readers);
  const reason = scale === null
    ? "Readers' scores lie outside 0 to 100: they cannot be read as probabilities."
    : scaleOf(study.models) !== 1
    ? "Models' scores lie outside 0 to 1: they cannot be read as probabilities."
    : null;
  const none = { weight: WEIGHT, reader_scale: scale ?? 1, pairs: [], sweep: [] };
  if (reason !== null || scale === null) return { ...none, undefined: reason };
  const pairs: Hybrids["pairs"] = [];
  const sweep: Hybrids["sweep"] = [];
  for (const model of study.readers.length === 0 ? [] : study.models) {
    pairs.push(...pairsOf(model, study.readers, truth, scale));
    await letOthers();
    sweep.push({ model: model.name, points: sweepOf(model, study.readers, truth, scale) });
    await letOthers();
  }
  const gains = corrected(pairs.map(({ gain }) => gain));
  return {
    ...none,
    pairs: pairs.map((pair, at) => ({ ...pair, gain: gains[at]! })),
    sweep,
    undefined: null,
  };
}

/** Each reader with one model; the gains are not corrected yet. */
function pairsOf(
  model: Rater,
  readers: readonly Rater[],
  { labels, cases, confidence }: StudyTruth,
  scale: number,
): Hybrids["pairs"] {
  return readers.map((reader) => {
    const scores = combined(model, reader, WEIGHT, scale);
    const inference = clusteredDelong(scores, labels, cases, confidence);
    const test = pairedClusteredDelong(scores, reader.scores, labels, cases, confidence);
    return {
      model: model.name,
      reader: reader.name,
      auroc: { ...inference.auroc, ci_delong_by_case: limitsOf(inference.ci) },
      auprc: auprc(scores, labels),
      average_precision: averagePrecision(scores, labels),
      gain: { difference: test.difference, ...zTestOf(test) },
    };
  });
}

function sweepOf(
  model: Rater,
  readers: readonly Rater[],
  { labels }: StudyTruth,
  scale: number,
): Hybrids["sweep"][number]["points"] {
  return SWEEP.map((weight) => {
    const areas = readers.map((reader) =>
      auroc(combined(model, reader, weight, scale), labels).value
    );
    return { weight, ...meanAndSd(areas) };
  });
}

/** The ends are exact: the reader's own scores, the model's own. */
function combined(model: Rater, reader: Rater, weight: number, scale: number): Float64Array {
  if (weight === 0) return reader.scores;
  if (weight === 1) return model.scores;
  return model.scores.map((score, row) =>
    weight * score + (1 - weight) * (reader.scores[row]! / scale)
  );
}

/** What scores are divided by to be probabilities; null where they are neither shares nor percent. */
function scaleOf(raters: readonly Rater[]): number | null {
  const values = raters.flatMap(({ scores }) => [...scores]);
  if (values.some((value) => value < 0 || value > PERCENT)) return null;
  return values.some((value) => value > 1) ? PERCENT : 1;
}
