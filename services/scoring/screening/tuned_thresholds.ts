import type {
  ChosenThreshold,
  ChosenThresholdReport,
  ThresholdRequest,
} from "../../../shared/contracts/thresholds.ts";
import { attributesOfList, groupExams, type NamedExam } from "../../../shared/subgroups/mod.ts";
import { betaQuantile, incompleteBeta, stream } from "../statistics/mod.ts";

/** Exams that thresholds are chosen on or applied to, column by column. */
export interface TunedExams {
  readonly scores: Float64Array;
  readonly cancers: Uint8Array;
  readonly women: Int32Array;
  readonly weights: Float64Array | null;
  /** The exam of each, if several samples of an exam are recalled together; by default each is recalled alone. */
  readonly examOf?: Int32Array | undefined;
  /** Mean recall rate of the first and second readers; null without reads. */
  readonly readersRecall: number | null;
  /** Horizon of the rule that labels them, in days; null: the labels of the list. */
  readonly withinDays: number | null;
}

/** Women that something is chosen on, and those that it is applied to. One entry per exam, 1 for members. */
export interface Fold {
  readonly part: string | null;
  readonly tuning: Uint8Array;
  readonly applied: Uint8Array;
}

/** Splits women at random, a share of them in each group, or all but one of several equal parts. */
export function foldsOf(
  tune: Exclude<ChosenThreshold["tune"], { readonly score: string }>,
  women: Int32Array,
  groups: readonly (string | null)[] | null,
): Fold[] {
  const pick = (isMember: (exam: number) => boolean): Uint8Array =>
    Uint8Array.from(women, (_, exam) => isMember(exam) ? 1 : 0);
  if ("cross_fit" in tune) {
    const parts = partsOfWomen(women, tune.cross_fit, tune.seed, null);
    return Array.from({ length: tune.cross_fit }, (_, fold) => ({
      part: `part ${fold + 1}`,
      tuning: pick((exam) => parts[exam] !== fold),
      applied: pick((exam) => parts[exam] === fold),
    }));
  }
  const parts = partsOfWomen(women, tune.share, tune.seed, groups);
  return (groups === null ? [null] : [...new Set(groups)]).map((part) => {
    const isMember = (exam: number): boolean => groups === null || groups[exam] === part;
    return {
      part,
      tuning: pick((exam) => isMember(exam) && parts[exam] === 0),
      applied: pick((exam) => isMember(exam) && parts[exam] === 1),
    };
  });
}

/** Names the group of each exam by one of its keys. Throws a RangeError for an unknown key. */
export function groupNames(exams: readonly NamedExam[], key: string): (string | null)[] {
  const { groupings, errors } = groupExams(
    exams,
    [{ key, bins: null, negatives: "own" }],
    [attributesOfList(exams)],
  );
  if (errors.length > 0) throw new RangeError(`stratify_by: ${errors[0]!.message}`);
  const groups = groupings.flatMap((grouping) => grouping.groups);
  return exams.map(({ index }) => groups.find((one) => one.exams.has(index))?.group ?? null);
}

export interface ExamThresholds {
  /** The common threshold; null if there are several. */
  readonly value: number | null;
  /** A common threshold, or one per exam; NaN if it was chosen on the exam. */
  readonly limits: number | Float64Array;
  /** 1 for reported exams; null for all. */
  readonly reported: Uint8Array | null;
  readonly chosen: readonly ChosenThresholdReport[];
}

/** Exams that a threshold is chosen on or applied to, and where else it may be chosen. */
export interface TuningSource {
  readonly exams: TunedExams;
  readonly groupsOf: (key: string) => readonly (string | null)[];
  /** The exams of other scores, by ID. */
  readonly others: ReadonlyMap<string, TunedExams>;
  readonly confidence: number;
}

/**
 * Chooses on some women, applies to others.
 * @throws {RangeError} if the exams lack what the target needs
 */
export function tuneThreshold(
  asked: ThresholdRequest,
  { exams, groupsOf, others, confidence }: TuningSource,
): ExamThresholds {
  if (typeof asked === "number" || "value" in asked) {
    const value = typeof asked === "number" ? asked : asked.value;
    return { value, limits: value, reported: null, chosen: [] };
  }
  const { target, tune } = asked;
  if ("score" in tune) {
    const other = others.get(tune.score)!;
    if (other.withinDays !== exams.withinDays) throw rulesDiffer(tune.score, exams, other);
    const one = choose(target, other, null, null, confidence);
    return { value: one.threshold, limits: one.threshold, reported: null, chosen: [one] };
  }
  const key = "share" in tune ? tune.stratify_by : null;
  const limits = new Float64Array(exams.scores.length).fill(NaN);
  const reported = new Uint8Array(exams.scores.length);
  const chosen: ChosenThresholdReport[] = [];
  for (const fold of foldsOf(tune, exams.women, key === null ? null : groupsOf(key))) {
    const one = choose(target, exams, fold.tuning, fold.part, confidence);
    chosen.push(one);
    for (const [exam, isApplied] of fold.applied.entries()) {
      if (isApplied === 0) continue;
      limits[exam] = one.threshold;
      reported[exam] = 1;
    }
  }
  const value = chosen.length === 1 ? chosen[0]!.threshold : null;
  return { value, limits, reported, chosen };
}

function rulesDiffer(score: string, exams: TunedExams, other: TunedExams): RangeError {
  const [here, there] = [exams, other].map(({ withinDays: days }) =>
    days === null ? "the labels of the list" : `cancer within ${days} days`
  );
  return new RangeError(
    `tune: score ${score} has ${there}, but the exams here have ${here}: choose on a score with the same truth`,
  );
}

/** A share below 1 goes to part 0, the rest to part 1; a whole number makes that many equal parts. */
function partsOfWomen(
  women: Int32Array,
  share: number,
  seed: number,
  groups: readonly (string | null)[] | null,
): Int32Array {
  const groupOf = new Map<number, string | null>();
  for (const [exam, woman] of women.entries()) {
    if (!groupOf.has(woman)) groupOf.set(woman, groups?.[exam] ?? null);
  }
  const partOf = new Map<number, number>();
  const random = stream(seed, 0);
  for (const members of Map.groupBy(groupOf.keys(), (woman) => groupOf.get(woman)!).values()) {
    for (let at = members.length - 1; at > 0; at--) {
      const with_ = random.integer(at + 1);
      [members[at], members[with_]] = [members[with_]!, members[at]!];
    }
    for (const [place, woman] of members.entries()) {
      partOf.set(
        woman,
        share < 1 ? (place < Math.round(share * members.length) ? 0 : 1) : place % share,
      );
    }
  }
  return Int32Array.from(women, (woman) => partOf.get(woman)!);
}

/**
 * The highest threshold that reaches a sensitivity, or the lowest that reaches a specificity or keeps to a recall rate:
 * one of the scores, or just above the highest.
 * @throws {RangeError} if the exams lack a class, or the reads, that the target needs
 */
function choose(
  target: ChosenThreshold["target"],
  { scores, cancers, weights, readersRecall, examOf }: TunedExams,
  members: Uint8Array | null,
  part: string | null,
  confidence: number,
): ChosenThresholdReport {
  const order = [...scores.keys()].filter((exam) => members?.[exam] !== 0)
    .sort((a, b) => scores[b]! - scores[a]!);
  const weightOf = (exam: number): number => weights?.[exam] ?? 1;
  const held = [0, 0];
  for (const exam of order) held[cancers[exam]!]! += weightOf(exam);
  const [healthy, ill] = held as [number, number];
  const wanted = target.sensitivity !== undefined ? ill : healthy + ill;
  if (!(wanted > 0) || (target.specificity !== undefined && !(healthy > 0))) {
    throw new RangeError(
      `threshold: ${part === null ? "the part" : `${part}`} that it is chosen on has ` +
        `${
          order.length === 0 ? "no exam" : ill > 0 ? "no exam without cancer" : "no cancer"
        }; tune on more women, or choose another target`,
    );
  }
  if (target.readers_recall && readersRecall === null) {
    throw new RangeError("readers_recall: no exam has reads; choose another target");
  }
  // An exam is recalled with the first of its samples.
  const firsts = examOf === undefined ? null : new Set(firstOfEach(order, examOf));
  const recallOf = (exam: number): number => firsts?.has(exam) === false ? 0 : weightOf(exam);
  const recallable = order.reduce((sum, exam) => sum + recallOf(exam), 0);
  const recallMax = target.readers_recall ? readersRecall : target.recall_rate;
  const highest = scores[order[0]!]!;
  let threshold = highest + Math.max(Math.abs(highest) * 2 ** -52, Number.MIN_VALUE);
  let [falsePositives, truePositives, called] = [0, 0, 0];
  let below = order.filter((exam) => cancers[exam] === 0).length;
  const negatives = below;
  for (let at = 0; at < order.length;) {
    const score = scores[order[at]!]!;
    let negativesHere = 0;
    for (; at < order.length && scores[order[at]!]! === score; at++) {
      const weight = weightOf(order[at]!);
      called += recallOf(order[at]!);
      if (cancers[order[at]!] === 1) truePositives += weight;
      else {
        falsePositives += weight;
        negativesHere++;
      }
    }
    const fits = target.sensitivity !== undefined ||
      (target.specificity !== undefined
        ? 1 - falsePositives / healthy >= target.specificity - 1e-12
        : called / recallable <= recallMax! + 1e-12);
    if (!fits) break;
    threshold = score;
    below -= negativesHere;
    if (target.sensitivity !== undefined && truePositives / ill >= target.sensitivity - 1e-12) {
      break;
    }
  }
  const tolerance = weights === null && below > 0
    ? toleranceOf(negatives, below, confidence, target.specificity ?? null)
    : null;
  return {
    part,
    threshold,
    chosen_on: { exams: order.length, cancers: order.length - negatives },
    specificity_to_expect: tolerance && [tolerance.low, tolerance.high],
    tolerance,
  };
}

function firstOfEach(order: readonly number[], examOf: Int32Array): IteratorObject<number> {
  const firsts = new Map<number, number>();
  for (const sample of order) if (!firsts.has(examOf[sample]!)) firsts.set(examOf[sample]!, sample);
  return firsts.values();
}

/** The specificity on others of a threshold with k of n healthy exams below it: Beta(k, n − k + 1). */
export function toleranceOf(
  n: number,
  k: number,
  confidence: number,
  target: number | null,
): NonNullable<ChosenThresholdReport["tolerance"]> {
  const [a, b] = [k, n - k + 1];
  return {
    below: k,
    of: n,
    confidence,
    low: betaQuantile((1 - confidence) / 2, a, b),
    median: betaQuantile(0.5, a, b),
    high: betaQuantile((1 + confidence) / 2, a, b),
    mean: k / (n + 1),
    one_sided_low: betaQuantile(1 - confidence, a, b),
    reaches_target: target === null ? null : 1 - incompleteBeta(target, 1 - target, a, b),
  };
}
