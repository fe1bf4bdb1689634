import type { ChosenThreshold } from "../../../shared/contracts/thresholds.ts";
import { incompleteBeta } from "../statistics/student.ts";
import { stream } from "../statistics/mod.ts";

/** Exams that thresholds are chosen on or applied to, column by column. */
export interface TunedExams {
  readonly scores: Float64Array;
  readonly cancers: Uint8Array;
  readonly women: Int32Array;
  readonly weights: Float64Array | null;
  /** Mean recall rate of the first and second readers. */
  readonly readersRecall: number;
}

/** A chosen threshold, and the exams it was chosen on. */
export interface Chosen {
  readonly part: string | null;
  readonly threshold: number;
  readonly exams: number;
  readonly cancers: number;
  /** Limits of the expected specificity on other women; null with weights. */
  readonly specificity: [number, number] | null;
}

/** Thresholds for the exams that they were not chosen on. */
export interface TunedThresholds {
  /** The threshold of each exam; NaN if its threshold was chosen on it. */
  readonly thresholds: Float64Array;
  /** 1 for reported exams. */
  readonly reported: Uint8Array;
  readonly chosen: readonly Chosen[];
}

/**
 * Chooses thresholds on some women and applies them to the others.
 * @param exams reported in part or whole
 * @param groups name of each exam's group, for one threshold per group; null for a common one
 * @param other the exams of another score to choose the threshold on
 */
export function tuneThreshold(
  { target, tune }: ChosenThreshold,
  exams: TunedExams,
  groups: readonly (string | null)[] | null,
  other: TunedExams | null,
): TunedThresholds {
  const size = exams.scores.length;
  if (other !== null) {
    const one = choose(target, other, null, null);
    return {
      thresholds: new Float64Array(size).fill(one.threshold),
      reported: new Uint8Array(size).fill(1),
      chosen: [one],
    };
  }
  const parts = "cross_fit" in tune
    ? partsOfWomen(exams.women, tune.cross_fit, tune.seed, null)
    : partsOfWomen(exams.women, "share" in tune ? tune.share : 0.5, seedOf(tune), groups);
  const thresholds = new Float64Array(size).fill(NaN);
  const reported = new Uint8Array(size);
  const chosen: Chosen[] = [];
  const folds = "cross_fit" in tune ? tune.cross_fit : 1;
  const names = groups === null ? [null] : [...new Set(groups)];
  for (const name of names) {
    const isMember = (exam: number): boolean => groups === null || groups[exam] === name;
    for (let fold = 0; fold < folds; fold++) {
      const isTuning = (exam: number): boolean =>
        isMember(exam) && (folds > 1 ? parts[exam] !== fold : parts[exam] === 0);
      const members = Uint8Array.from(parts, (_, exam) => isTuning(exam) ? 1 : 0);
      const one = choose(target, exams, members, folds > 1 ? `part ${fold + 1}` : name);
      chosen.push(one);
      for (let exam = 0; exam < size; exam++) {
        if (isMember(exam) && !isTuning(exam)) {
          thresholds[exam] = one.threshold;
          reported[exam] = 1;
        }
      }
    }
  }
  return { thresholds, reported, chosen };
}

function seedOf(tune: ChosenThreshold["tune"]): number {
  return "seed" in tune ? tune.seed : 1;
}

/**
 * Randomly splits women into parts. A share below 1 puts that share in part 0 and the rest in part
 * 1, within each group; a whole number makes that many equal parts.
 */
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
 * Chooses the threshold that meets a target on some exams: the highest that reaches a sensitivity,
 * or the lowest that reaches a specificity or keeps to a recall rate. It is one of the scores, or
 * just above the highest.
 * @throws {RangeError} if the exams lack a class that the target needs
 */
function choose(
  target: ChosenThreshold["target"],
  { scores, cancers, weights, readersRecall }: TunedExams,
  members: Uint8Array | null,
  part: string | null,
): Chosen {
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
          ill > 0 ? "no exam without cancer" : "no cancer"
        }; raise share, or choose another target`,
    );
  }
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
      called += weight;
      if (cancers[order[at]!] === 1) truePositives += weight;
      else {
        falsePositives += weight;
        negativesHere++;
      }
    }
    const fits = target.sensitivity !== undefined ||
      (target.specificity !== undefined
        ? 1 - falsePositives / healthy >= target.specificity - 1e-12
        : called / (healthy + ill) <= recallMax! + 1e-12);
    if (!fits) break;
    threshold = score;
    below -= negativesHere;
    if (target.sensitivity !== undefined && truePositives / ill >= target.sensitivity - 1e-12) {
      break;
    }
  }
  return {
    part,
    threshold,
    exams: order.length,
    cancers: order.length - negatives,
    specificity: weights === null && below > 0 ? specificityToExpect(negatives, below) : null,
  };
}

/**
 * Interval of the specificity on other women. If k of the n healthy exams that the threshold was
 * chosen on are below it, the specificity is distributed as Beta(k, n − k + 1), whatever the score
 * distribution.
 * @param confidence in (0, 1)
 */
export function specificityToExpect(
  n: number,
  k: number,
  confidence = 0.95,
): [number, number] {
  const quantile = (probability: number): number => {
    let [low, high] = [0, 1];
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (incompleteBeta(middle, 1 - middle, k, n - k + 1) < probability) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return [quantile((1 - confidence) / 2), quantile((1 + confidence) / 2)];
}
