import {
  applyTruthRule,
  type Exam,
  examLabel,
  type Fault,
  faultOf,
  haveOutcomes,
  type JsonValue,
  NO_OUTCOMES,
  type Sample,
  type TruthRule,
} from "../../../shared/domain/mod.ts";
import { missingWeights, weightsOf } from "../samples/exam_weights.ts";
import { clustersOf } from "../samples/sample_clusters.ts";
import { type Call, type PathwayRule, type Profile, readsNeeded } from "./pathways.ts";
import type { ProgrammeExams } from "./tally.ts";

export interface Programme extends ProgrammeExams {
  readonly cancers: Uint8Array;
  readonly exams: readonly Exam[];
  readonly unit: "woman" | "exam";
  readonly truth: { readonly within_days: number; readonly left_out: number } | null;
}

export type ProgrammeReading =
  | { readonly ok: true; readonly programme: Programme }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/** Joins scores with reads and outcomes; the rules determine the reads that every exam needs. */
export function readProgramme(
  samples: readonly Sample[],
  listed: readonly Exam[],
  truth: TruthRule | null,
  rules: readonly PathwayRule[],
  weighted: boolean,
): ProgrammeReading {
  if (truth !== null && !haveOutcomes(listed)) {
    return { ok: false, errors: [NO_OUTCOMES] };
  }
  const ruled = truth === null ? null : applyTruthRule(listed, truth);
  const exams = new Map((ruled?.exams ?? listed).map((exam) => [exam.index, exam]));
  const kept = samples.filter(({ examIndex }) => exams.has(examIndex));
  const needed = [...new Set(rules.flatMap(readsNeeded))];
  const errors: Fault[] = [];
  const places = new Map<string, number>();
  const profiles: Profile[] = [];
  const inOrder = kept.map(({ examIndex }) => exams.get(examIndex)!);
  const profileOf = Uint32Array.from(inOrder, (exam) => {
    const profile = profileOfExam(exam, needed);
    if ("code" in profile) {
      errors.push(profile);
      return 0;
    }
    const key = Object.values(profile).join();
    const place = places.get(key) ?? profiles.push(profile) - 1;
    places.set(key, place);
    return place;
  });
  if (kept.length === 0) {
    const message = "No exam is left: none of those with a score has a truth";
    errors.push(faultOf({ code: "exams_missing", message }));
  }
  if (weighted) errors.push(...missingWeights(inOrder));
  if (errors.length > 0) return { ok: false, errors };
  const { clusters, unit } = clustersOf(kept);
  return {
    ok: true,
    programme: {
      scores: Float64Array.from(kept, ({ score }) => score),
      profileOf,
      profiles,
      women: clusters,
      cancers: Uint8Array.from(inOrder, examLabel),
      exams: inOrder,
      unit,
      truth: ruled === null || truth === null ? null : { ...truth, left_out: ruled.leftOut },
      ...weightsOf(inOrder, weighted),
    },
  };
}

function profileOfExam(exam: Exam, needed: readonly (1 | 2)[]): Profile | Fault {
  const reads = Array.isArray(exam.extras["reads"]) ? exam.extras["reads"] : [];
  const [first, second, third] = [callOf(exam, 1), callOf(exam, 2), callOf(exam, 3)];
  const place = { exam: exam.id, field: "reads" };
  const lacking = needed.find((order) => callOf(exam, order) === null);
  if (lacking !== undefined || reads.length === 0) {
    const message = `Exam ${exam.id} has no read of order ${lacking ?? 1}: a pathway needs it of ` +
      "every exam; give its reads, or leave the exam out";
    return faultOf({ ...place, code: "read_missing", message });
  }
  const recorded = exam.extras["consensus_recall"];
  const agreed = second === null || first === second ? first : third;
  const consensus = recorded === 0 || recorded === 1 ? recorded : agreed;
  if (consensus === null) {
    const message = `Exam ${exam.id} has no consensus_recall, and its readers differ without a ` +
      "third read: give what was decided";
    return faultOf({ ...place, field: "consensus_recall", code: "consensus_missing", message });
  }
  const cancer = examLabel(exam);
  const interval = cancer === 1 && isInterval(exam) ? 1 : 0;
  return { first, second, third, consensus, reads: reads.length, cancer, interval };
}

/** Mean recall rate of the first and second readers, weighted; null without reads. */
export function readersRecall(
  exams: readonly Pick<Exam, "extras">[],
  weights: Float64Array | null,
): number | null {
  let [recalled, read] = [0, 0];
  for (const [at, exam] of exams.entries()) {
    for (const order of [1, 2]) {
      const call = callOf(exam, order);
      if (call === null) continue;
      recalled += call * (weights?.[at] ?? 1);
      read += weights?.[at] ?? 1;
    }
  }
  return read === 0 ? null : recalled / read;
}

/** Returns the call of the read of this order (1 is the first read); null if not read. */
export function callOf({ extras }: Pick<Exam, "extras">, order: number): Call {
  const reads = Array.isArray(extras["reads"]) ? extras["reads"] : [];
  const read = reads.find((one) => field(one, "order") === order);
  return read === undefined ? null : field(read, "recall") === 1 ? 1 : 0;
}

function field(read: JsonValue, name: string): JsonValue {
  return typeof read === "object" && read !== null && !Array.isArray(read)
    ? (read as Record<string, JsonValue>)[name] ?? null
    : null;
}

/** How the cancers of an exam were found: one for each breast with one. */
export function detectionsOf({ extras }: Pick<Exam, "extras">): string[] {
  const detection = extras["detection"] ?? null;
  const found = typeof detection === "object" && detection !== null
    ? Object.values(detection)
    : [detection];
  return found.filter((one) => typeof one === "string");
}

/** If both breasts have cancer and one was found at screening, it is not an interval cancer. */
function isInterval(exam: Exam): boolean {
  const found = detectionsOf(exam);
  return found.length > 0 && found.every((one) => one === "interval");
}
