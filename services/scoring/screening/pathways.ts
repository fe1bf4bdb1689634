/** What a pathway uses the model's score for. */
export const PATHWAY_KINDS = [
  "replace_second_reader",
  "replace_first_reader",
  "triage",
  "rule_out",
  "rule_in",
  "band_pass",
  "third_reader",
] as const;

/** Who decides if a third read is needed but was not recorded. */
export const ARBITRATIONS = [
  "recorded_consensus",
  "recall_if_either",
  "recall_only_if_both",
  "leave_out",
] as const;

/** A pathway without its thresholds. */
export interface PathwayRule {
  readonly kind: typeof PATHWAY_KINDS[number];
  readonly arbitration: typeof ARBITRATIONS[number];
  /** The single reader below the threshold in triage. */
  readonly singleReader: 1 | 2;
  /** Whether exams that the model rules in are still read as today. */
  readonly ruledInRead: boolean;
}

/** 1 for recall, 0 for no recall, null if not read. */
export type Call = 0 | 1 | null;

/** Reads and outcome of an exam; exams with the same profile are counted together. */
export interface Profile {
  readonly first: Call;
  readonly second: Call;
  readonly third: Call;
  /** Today's decision. */
  readonly consensus: 0 | 1;
  readonly reads: number;
  readonly cancer: 0 | 1;
  /** Whether it is an interval cancer (found between two rounds). */
  readonly interval: 0 | 1;
}

/** A score below the (lower) threshold, between two, or at or above the (higher) one. */
export type Band = "below" | "between" | "above";

/** The result of a pathway for one exam. */
export interface Decision {
  readonly included: 0 | 1;
  readonly recall: 0 | 1;
  readonly reads: number;
  /** Whether a third read is needed, and whether it was needed but not recorded. */
  readonly arbitration: 0 | 1;
  readonly lacking: 0 | 1;
}

/** Returns the orders of the reads that every exam needs for a pathway. */
export function readsNeeded({ kind, singleReader }: PathwayRule): readonly (1 | 2)[] {
  switch (kind) {
    case "replace_second_reader":
      return [1];
    case "replace_first_reader":
      return [2];
    case "triage":
      return [singleReader];
    case "third_reader":
      return [1, 2];
    default:
      return [];
  }
}

export function decide(rule: PathwayRule, exam: Profile, band: Band): Decision {
  const called = band === "above" ? 1 : 0;
  const today = made(exam.consensus, exam.reads, exam.third === null ? 0 : 1);
  switch (rule.kind) {
    case "replace_second_reader":
      return withArbitration(rule, exam.first!, called, exam);
    case "replace_first_reader":
      return withArbitration(rule, exam.second!, called, exam);
    case "triage":
      if (called) return today;
      return made((rule.singleReader === 1 ? exam.first : exam.second)!, 1);
    case "rule_out":
      return called ? today : made(0, 0);
    case "rule_in":
      if (!called) return today;
      return rule.ruledInRead ? { ...today, recall: 1 } : made(1, 0);
    case "band_pass":
      return band === "between" ? today : made(called, 0);
    case "third_reader":
      return made(exam.first === exam.second ? exam.first! : called, 2);
  }
}

function made(recall: 0 | 1, reads: number, arbitration: 0 | 1 = 0): Decision {
  return { included: 1, recall, reads, arbitration, lacking: 0 };
}

/** Reader and model decide if they agree; else the third read, or the arbitration rule. */
function withArbitration(
  { arbitration }: PathwayRule,
  reader: 0 | 1,
  called: 0 | 1,
  { third, consensus }: Profile,
): Decision {
  if (reader === called) return made(reader, 1);
  if (third !== null) return made(third, 2, 1);
  const lacking = { ...made(0, 2, 1), lacking: 1 } as const;
  switch (arbitration) {
    case "recorded_consensus":
      return { ...lacking, recall: consensus };
    case "recall_if_either":
      return { ...lacking, recall: 1 };
    case "recall_only_if_both":
      return lacking;
    case "leave_out":
      return { ...lacking, included: 0 };
  }
}
