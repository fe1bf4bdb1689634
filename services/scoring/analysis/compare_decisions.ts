import {
  DECISION_MEASURES,
  type PairedDecisions,
  type PairedRequest,
  type PairedShares,
} from "../../../shared/contracts/paired_decisions.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import type { ChosenThresholdReport } from "../../../shared/contracts/thresholds.ts";
import { horizonsOf } from "../../../shared/contracts/truth.ts";
import { type BinaryLabel, type Fault, faultOf } from "../../../shared/domain/mod.ts";
import { keyOf } from "../comparison/match_samples.ts";
import type { SampleSource } from "../samples/load_samples.ts";
import { clustersOf } from "../samples/sample_clusters.ts";
import { weightsOf } from "../samples/exam_weights.ts";
import { atField, faultOfField } from "../screening/field_error.ts";
import { callOf } from "../screening/programme.ts";
import { groupNames, tuneThreshold } from "../screening/tuned_thresholds.ts";
import { designOf, holm } from "../statistics/mod.ts";
import { type LabelledScore, levelAsked, loadLabelled, tunedOf } from "./labelled_score.ts";
import { type PairedCalls, pairedShares } from "./paired_measures.ts";

export interface DecideRequest {
  /** The request's score first, then those of models and thresholds. */
  readonly reports: readonly ScoreReport[];
  readonly request: PairedRequest;
  /** For a page: omits comparisons of which no exam has both decisions. */
  readonly possible?: boolean;
}

export type DecideOutcome =
  | {
    readonly ok: true;
    readonly paired: PairedDecisions;
    /** Positions of the comparisons in the request. */
    readonly kept: readonly number[];
  }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/** Decisions on the samples: a call, or null where it is not known or a threshold was chosen. */
interface Calls {
  readonly calls: readonly (BinaryLabel | null)[];
  readonly chosen: readonly ChosenThresholdReport[];
}

/** Compares decisions of models, readers and the consensus on the same women. */
export async function compareDecisions(
  { reports, request, possible = false }: DecideRequest,
  store: SampleSource,
): Promise<DecideOutcome> {
  const level = levelAsked(request.level, reports[0]!);
  const options = { level, horizons: horizonsOf(request.truth), weighted: request.weighted };
  const loaded = new Map<string, LabelledScore>();
  for (const report of reports) {
    const one = await loadLabelled(report, options, store);
    if (!one.ok) return one;
    loaded.set(report.id, one.labelled[0]!);
  }
  const base = loaded.get(request.score)!;
  try {
    if (
      level !== "exam" &&
      request.comparisons.some(({ first, second }) =>
        !("threshold" in first && "threshold" in second)
      )
    ) {
      const message = "level: reads and consensus are of whole exams; ask for level exam";
      return {
        ok: false,
        errors: [faultOf({ code: "decision_invalid", field: "level", message })],
      };
    }
    const pairs = request.comparisons.map(({ first, second }, at) => {
      const of = (which: string, decision: Decision): Calls =>
        atField(`comparisons.${at}.${which}`, () => callsOf(decision, base, loaded, request));
      return [of("first", first), of("second", second)] as const;
    });
    const known = [...pairs.keys()].filter((at) => placesOf(pairs[at]!).length > 0);
    const kept = possible && known.length > 0 ? known : [...pairs.keys()];
    const compared = kept.map((at) =>
      atField(`comparisons.${at}`, () => comparePair(pairs[at]!, base, request))
    );
    const { clusters, unit } = clustersOf(base.samples);
    return {
      ok: true,
      kept,
      paired: {
        score: request.score,
        level,
        truth: base.truth,
        women: unit === "woman" ? new Set(clusters).size : null,
        weighted: weightsOf(base.exams, request.weighted).weights !== null,
        confidence: request.confidence,
        comparisons: corrected(compared),
      },
    };
  } catch (error) {
    return { ok: false, errors: [faultOfField("decision_invalid", error)] };
  }
}

type Compared = PairedDecisions["comparisons"][number];
type Decision = PairedRequest["comparisons"][number]["first"];

function corrected(compared: readonly Compared[]): Compared[] {
  const all = structuredClone([...compared]);
  for (const measure of DECISION_MEASURES) {
    const adjusted = holm(all.map((one) => one[measure].p));
    for (const [at, one] of all.entries()) one[measure].p_holm = adjusted[at]!;
  }
  return all;
}

function callsOf(
  decision: Decision,
  base: LabelledScore,
  loaded: ReadonlyMap<string, LabelledScore>,
  request: PairedRequest,
): Calls {
  if ("read" in decision) {
    return { calls: base.exams.map((exam) => callOf(exam, decision.read)), chosen: [] };
  }
  if ("consensus" in decision) {
    const calls = base.exams.map(({ extras }) => {
      const recalled = extras["consensus_recall"];
      return recalled === 1 || recalled === 0 ? recalled : null;
    });
    return { calls, chosen: [] };
  }
  const model = loaded.get(decision.score ?? request.score)!;
  const { value: _, limits, reported, chosen } = tuneThreshold(decision.threshold, {
    exams: tunedOf(model, request.weighted),
    groupsOf: (key) => groupNames(model.exams, key),
    others: new Map([...loaded].map(([id, one]) => [id, tunedOf(one, request.weighted)])),
    confidence: request.confidence,
  });
  const called = new Map(model.samples.map((sample, at): [string, BinaryLabel | null] => {
    const limit = typeof limits === "number" ? limits : limits[at]!;
    return [keyOf(sample), reported?.[at] === 0 ? null : sample.score >= limit ? 1 : 0];
  }));
  const missing = base.samples.find((sample) => !called.has(keyOf(sample)));
  if (missing !== undefined) {
    throw new RangeError(
      `Score ${decision.score} has no exam ${missing.exam}: give a score of the ` +
        "same exams",
    );
  }
  const labels = new Map(model.samples.map((sample) => [keyOf(sample), sample.label]));
  const other = base.samples.find((sample) => labels.get(keyOf(sample)) !== sample.label);
  if (other !== undefined) {
    throw new RangeError(
      `Scores ${request.score} and ${decision.score} differ in the truth of ` +
        `exam ${other.exam}`,
    );
  }
  return { calls: base.samples.map((sample) => called.get(keyOf(sample))!), chosen };
}

/** Positions of samples with both decisions. */
function placesOf([first, second]: readonly [Calls, Calls]): number[] {
  return [...first.calls.keys()].filter((at) =>
    first.calls[at] !== null && second.calls[at] !== null
  );
}

function comparePair(
  pair: readonly [Calls, Calls],
  base: LabelledScore,
  request: PairedRequest,
): Compared {
  const [first, second] = pair;
  const places = placesOf(pair);
  if (places.length === 0) throw new RangeError("No exam has both decisions of a comparison");
  const samples = places.map((at) => base.samples[at]!);
  const { weights, strata } = weightsOf(places.map((at) => base.exams[at]!), request.weighted);
  const calls: PairedCalls = {
    labels: Uint8Array.from(samples, ({ label }) => label),
    first: Uint8Array.from(places, (at) => first.calls[at]!),
    second: Uint8Array.from(places, (at) => second.calls[at]!),
    design: designOf(
      weights ?? new Float64Array(places.length).fill(1),
      clustersOf(samples).clusters,
      strata,
    ),
  };
  // Cancers first: a list that is cut off still has them.
  const discordant = [...places.keys()].filter((at) => calls.first[at] !== calls.second[at])
    .sort((a, b) => calls.labels[b]! - calls.labels[a]!);
  const measured = Object.fromEntries(DECISION_MEASURES.map((measure) => [
    measure,
    pairedShares(measure, calls, request.margin[measure] ?? null, request.confidence),
  ])) as Record<typeof DECISION_MEASURES[number], PairedShares>;
  return {
    count: places.length,
    left_out: base.samples.length - places.length,
    chosen: [...first.chosen, ...second.chosen],
    ...measured,
    discordant_total: discordant.length,
    discordant: discordant.slice(0, request.discordant).map((at) => {
      const { exam, laterality, label, score } = samples[at]!;
      const [ours, theirs] = [calls.first[at]!, calls.second[at]!] as BinaryLabel[];
      return { exam, laterality, malignant: label, first: ours!, second: theirs!, score };
    }),
  };
}
