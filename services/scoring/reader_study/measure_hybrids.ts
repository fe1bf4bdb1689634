import { READER_SCALES } from "../../../shared/contracts/reader_studies.ts";
import type { ReaderScale, ReaderStudyReport } from "../../../shared/contracts/reader_studies.ts";
import { corrected, limitsOf, zTestOf } from "../measures/difference_tests.ts";
import { yieldToEventLoop } from "../../../shared/async.ts";
import {
  auprc,
  auroc,
  averagePrecision,
  clusteredDelong,
  midranks,
  pairedClusteredDelong,
} from "../statistics/mod.ts";
import { meanAndSd } from "./mean_and_sd.ts";
import type { Rater, ReaderStudy } from "./read_study.ts";
import { scaleOf } from "./reader_scale.ts";
import type { StudyTruth } from "./study_truth.ts";

type Hybrids = ReaderStudyReport["hybrids"];

/** Weight of the model in tested hybrids: equal shares, chosen before seeing any data. */
const WEIGHT = 0.5;
/** Twenty steps from reader alone to model alone. */
const SWEEP = Array.from({ length: 21 }, (_, step) => step / 20);
const PERCENT = 100;

interface ScaledReader extends Rater {
  readonly scale: ReaderScale;
}

/**
 * Combines each reader with each model: weight × model + (1 − weight) × reader, as probabilities, or as ranks if the
 * reader gives grades. Picking the best weight of the sweep on the same data is optimistic.
 */
export async function measureHybrids(
  study: ReaderStudy,
  truth: StudyTruth,
  stated: ReaderScale | null,
): Promise<Hybrids> {
  const readers = study.readers.map((reader) => ({
    ...reader,
    scale: stated ?? scaleOf(reader.scores),
  }));
  const unknown = readers.find(({ scale }) => scale === null);
  const reason = unknown !== undefined
    ? `The scale of ${unknown.name} was not recognised: set reader_scale (${
      READER_SCALES.join(", ")
    }).`
    : study.models.some(({ scores }) => scaleOf(scores) !== "probability")
    ? "Scores of models are outside 0 to 1: they cannot be read as probabilities."
    : null;
  const none = {
    weight: WEIGHT,
    reader_scale: readers.some(({ scale }) => scale === "percent") ? PERCENT : 1,
    reader_scales: readers.map(({ name, scale }) => ({ reader: name, scale })),
    pairs: [],
    sweep: [],
  };
  if (reason !== null) return { ...none, undefined: reason };
  const scaled = readers.filter((reader): reader is ScaledReader => reader.scale !== null);
  const pairs: Hybrids["pairs"] = [];
  const sweep: Hybrids["sweep"] = [];
  for (const model of study.readers.length === 0 ? [] : study.models) {
    pairs.push(...pairsOf(model, scaled, truth));
    await yieldToEventLoop();
    sweep.push({ model: model.name, points: sweepOf(model, scaled, truth) });
    await yieldToEventLoop();
  }
  const gains = corrected(pairs.map(({ gain }) => gain));
  return {
    ...none,
    pairs: pairs.map((pair, at) => ({ ...pair, gain: gains[at]! })),
    sweep,
    undefined: null,
  };
}

/** Each reader with one model; gains are not corrected yet. */
function pairsOf(
  model: Rater,
  readers: readonly ScaledReader[],
  { labels, clusters, confidence, few }: StudyTruth,
): Hybrids["pairs"] {
  return readers.map((reader) => {
    const scores = combined(model, reader, WEIGHT);
    const inference = clusteredDelong(scores, labels, clusters, confidence);
    const test = pairedClusteredDelong(scores, reader.scores, labels, clusters, confidence);
    return {
      model: model.name,
      reader: reader.name,
      by: reader.scale === "grade" ? "rank" : "probability",
      auroc: { ...inference.auroc, ci_delong_by_case: limitsOf(inference.ci) },
      auprc: auprc(scores, labels),
      average_precision: averagePrecision(scores, labels),
      gain: { difference: test.difference, ...zTestOf(test, few) },
    };
  });
}

function sweepOf(
  model: Rater,
  readers: readonly ScaledReader[],
  { labels }: StudyTruth,
): Hybrids["sweep"][number]["points"] {
  return SWEEP.map((weight) => {
    const areas = readers.map((reader) => auroc(combined(model, reader, weight), labels).value);
    return { weight, ...meanAndSd(areas) };
  });
}

/** Weights 0 and 1 return the scores of reader or model unchanged. */
function combined(model: Rater, reader: ScaledReader, weight: number): Float64Array {
  if (weight === 0) return reader.scores;
  if (weight === 1) return model.scores;
  const [ofModel, ofReader] = reader.scale === "grade"
    ? [midranks(model.scores), midranks(reader.scores)]
    : [model.scores, reader.scores];
  const divisor = reader.scale === "percent" ? PERCENT : 1;
  return Float64Array.from(
    ofModel,
    (score, row) => weight * score + (1 - weight) * (ofReader[row]! / divisor),
  );
}
