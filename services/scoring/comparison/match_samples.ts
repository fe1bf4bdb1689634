import { type Fault, faultOf, type Sample } from "../../../shared/domain/mod.ts";
import { EXAMS_TOLD_MAX } from "../../../shared/limits.ts";
import type { ExamNames } from "../samples/exam_names.ts";
import { clustersOf, type SampleClusters } from "../samples/sample_clusters.ts";

export interface ScoredSamples {
  readonly id: string;
  readonly samples: readonly Sample[];
  /** Digest of the truth that it was joined with; null if unknown. */
  readonly truth: string | null;
  readonly examNames: ExamNames;
}

/** Several classifiers on the same samples. */
export interface MatchedSamples extends SampleClusters {
  readonly labels: Uint8Array;
  readonly exams: Int32Array;
  /** One array per classifier, in the order of `samples`. */
  readonly scores: readonly Float64Array[];
  readonly samples: readonly Sample[];
}

export type SampleMatch =
  | { readonly ok: true; readonly matched: MatchedSamples }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/** Puts the samples of scores in one order, or reports all differences of samples or truth. */
export function matchSamples(scored: readonly ScoredSamples[]): SampleMatch {
  const [first, ...others] = scored;
  if (first === undefined) throw new RangeError("Cannot match samples: there are none");
  const errors: Fault[] = [];
  const keys = first.samples.map(keyOf);
  const scores = [Float64Array.from(first.samples, ({ score }) => score)];
  for (const other of others) {
    const byKey = new Map(other.samples.map((sample) => [keyOf(sample), sample]));
    errors.push(...differences(first, other, byKey));
    scores.push(Float64Array.from(keys, (key) => byKey.get(key)?.score ?? NaN));
  }
  if (errors.length > 0) return { ok: false, errors };
  const samples = withPatients(first.samples, keys, others);
  return {
    ok: true,
    matched: {
      ...clustersOf(samples),
      labels: Uint8Array.from(first.samples, ({ label }) => label),
      exams: Int32Array.from(first.samples, ({ examIndex }) => examIndex),
      scores,
      samples,
    },
  };
}

/** Takes women from another score if the first has none, for example one with a side table. */
function withPatients(
  samples: readonly Sample[],
  keys: readonly string[],
  others: readonly ScoredSamples[],
): readonly Sample[] {
  const knows = (of: readonly Sample[]): boolean => of.some(({ patient }) => patient !== undefined);
  const other = knows(samples) ? undefined : others.find((one) => knows(one.samples));
  if (other === undefined) return samples;
  const patients = new Map(other.samples.map((sample) => [keyOf(sample), sample.patient]));
  return samples.map((sample, at) => ({ ...sample, patient: patients.get(keys[at]!) }));
}

function differences(
  a: ScoredSamples,
  b: ScoredSamples,
  ofB: ReadonlyMap<string, Sample>,
): Fault[] {
  const errors: Fault[] = [];
  const ofA = new Map(a.samples.map((sample) => [keyOf(sample), sample]));
  const onlyA = a.samples.filter((sample) => !ofB.has(keyOf(sample)));
  const onlyB = b.samples.filter((sample) => !ofA.has(keyOf(sample)));
  for (const [only, one, other] of [[onlyA, a, b], [onlyB, b, a]] as const) {
    if (only.length === 0) continue;
    const message =
      `Score ${one.id} has ${only.length} samples that score ${other.id} does not have: ` +
      told(only);
    errors.push(faultOf({ code: "samples_differ", message, exam: only[0]!.exam }));
  }
  const contradictions = a.samples.filter((sample) => {
    const label = ofB.get(keyOf(sample))?.label;
    return label !== undefined && label !== sample.label;
  });
  if (contradictions.length > 0) {
    const message = `Scores ${a.id} and ${b.id} differ in the truth of ${contradictions.length} ` +
      `samples: ${told(contradictions)}`;
    errors.push(faultOf({ code: "labels_differ", message, exam: contradictions[0]!.exam }));
  }
  const unnamed = [a, b].find(namedByPosition);
  if (errors.length === 0 && !sameTruth(a, b) && unnamed !== undefined) {
    const message = `Scores ${a.id} and ${b.id} have different data lists, and that of score ` +
      `${unnamed.id} identifies exams by their position: it is unknown whether both have the ` +
      "same exams; give each exam a unique exam_id in both lists";
    errors.push(faultOf({ code: "exams_unnamed", message, field: "exam_id" }));
  }
  return errors;
}

/** Identifies an exam, breast or image; one image may show two breasts. */
export function keyOf({ exam, laterality, view, image }: Sample): string {
  return JSON.stringify([exam, laterality, view, image]);
}

/** Unknown truth is never the same. */
function sameTruth(a: ScoredSamples, b: ScoredSamples): boolean {
  return a.truth !== null && a.truth === b.truth;
}

/** Exams of a data list without IDs are identified by position. Images have their own names. */
function namedByPosition({ examNames, samples }: ScoredSamples): boolean {
  return examNames === "position" && samples.every(({ image }) => image === null);
}

function told(samples: readonly Sample[]): string {
  const names = samples.slice(0, EXAMS_TOLD_MAX).map(({ exam, laterality, image }) =>
    [exam, image ?? laterality ?? ""].join(" ").trim()
  );
  return names.join(", ") + (samples.length > names.length ? ", …" : "");
}
