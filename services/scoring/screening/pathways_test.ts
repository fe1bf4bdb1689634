import assert from "node:assert/strict";
import { golden, near, rowsOfGolden } from "../../../tests/support/golden_data.ts";
import { judge, measure, measureToday } from "./measures.ts";
import type { Call, PathwayRule, Profile } from "./pathways.ts";
import {
  countsOfProfiles,
  kindsOfWomen,
  type ProgrammeExams,
  rowsOfExams,
  sweep,
  wholeCounts,
} from "./tally.ts";

const call = (cell: string): Call => cell === "" ? null : cell === "1" ? 1 : 0;
const PROFILES: Profile[] = rowsOfGolden("screening/braix_exams.csv").map((row) => ({
  first: call(row["r1"]!),
  second: call(row["r2"]!),
  third: call(row["r3"]!),
  consensus: call(row["consensus"]!)!,
  reads: row["r3"] === "" ? 2 : 3,
  cancer: row["outcome"] === "1" || row["outcome"] === "2" ? 1 : 0,
  interval: row["outcome"] === "2" ? 1 : 0,
}));
const EXAMS: ProgrammeExams = {
  scores: Float64Array.from(
    rowsOfGolden("screening/braix_exams.csv"),
    ({ ai_score }) => Number(ai_score),
  ),
  profileOf: Uint32Array.from(PROFILES.keys()),
  profiles: PROFILES,
  women: Int32Array.from(PROFILES.keys()),
  weights: null,
  strata: null,
};
// deno-lint-ignore no-explicit-any
const EXPECTED: any = golden("screening/expected.json");
const OPTIONS = { confidence: 0.95, replicates: 200, seed: 1 };

function rule(kind: PathwayRule["kind"], further: Partial<PathwayRule> = {}): PathwayRule {
  return {
    kind,
    arbitration: "recorded_consensus",
    singleReader: 1,
    ruledInRead: true,
    ...further,
  };
}

/** Names of the counts in the golden data. */
// deno-lint-ignore no-explicit-any
function check(of: PathwayRule, low: number, high: number | null, expected: any): void {
  const rows = rowsOfExams(EXAMS, { rule: of, low, high });
  const table = countsOfProfiles(of, PROFILES);
  const c = wholeCounts(rows, table);
  const measured = measure(kindsOfWomen(EXAMS, rows, table), { ...OPTIONS, replicates: 0 });
  const ours: Record<string, number | null> = {
    exams: c.exams,
    cancers: c.cancers,
    recalls: c.recalls,
    true_positives: c.truePositives,
    false_positives: c.recalls - c.truePositives,
    cancers_missed: c.cancers - c.truePositives,
    true_negatives: c.exams - c.cancers - c.recalls + c.truePositives,
    cancers_found_today_now_missed: c.lost,
    cancers_missed_today_now_found: c.gained,
    false_recalls_avoided: c.falseAvoided,
    false_recalls_new: c.falseNew,
    interval_found: c.intervalFound,
    screen_detected_found: c.truePositives - c.intervalFound,
    reads: c.reads,
    workload_saved: measured.workload_saved.value,
    arbitrations: c.arbitrations,
    arbitrations_lacking: c.lacking,
    sensitivity: measured.sensitivity.value,
    specificity: measured.specificity.value,
    recall_rate: measured.recall_rate.value,
    detection_per_1000: measured.detection_per_1000.value,
    ppv: measured.ppv1.value,
  };
  let held = 0;
  for (const [name, value] of Object.entries(expected)) {
    if (!(name in ours) || typeof value !== "number") continue;
    near(ours[name]!, value, `${of.kind} ${low} ${name}`);
    held++;
  }
  assert.ok(held >= 5, `${of.kind}: ${held} values`);
}

Deno.test("pathways: every count of the golden exams, to the digit", () => {
  for (const kind of ["replace_second_reader", "replace_first_reader"] as const) {
    for (const expected of EXPECTED[kind]) {
      const { threshold } = expected;
      const rules = [
        ["recall_if_either", "recall_if_either"],
        ["recall_only_if_both", "recall_only_if_both"],
        ["recorded_consensus", "recorded_consensus"],
        ["leave_out", "lacking_excluded"],
      ] as const;
      for (const [arbitration, name] of rules) {
        const shared = name === "lacking_excluded"
          ? {}
          : { reads: expected.reads, arbitrations: expected.arbitrations };
        check(rule(kind, { arbitration }), threshold, null, {
          ...expected[name],
          ...shared,
          arbitrations_lacking: expected.arbitrations_lacking,
        });
      }
    }
  }
  for (const one of EXPECTED.triage) check(rule("triage"), one.threshold, null, one);
  for (const one of EXPECTED.triage_single_reader_2) {
    check(rule("triage", { singleReader: 2 }), one.threshold, null, one);
  }
  for (const one of EXPECTED.rule_out) check(rule("rule_out"), one.threshold, null, one);
  for (const one of EXPECTED.rule_in) {
    check(rule("rule_in"), one.threshold, null, {
      ...one,
      reads: one.reads_if_all_read,
      workload_saved: one.workload_saved_if_all_read,
    });
    check(rule("rule_in", { ruledInRead: false }), one.threshold, null, {
      ...one,
      reads: one.reads_if_ruled_in_unread,
      workload_saved: one.workload_saved_if_ruled_in_unread,
    });
  }
  for (const one of EXPECTED.band_pass) check(rule("band_pass"), one.low, one.high, one);
  for (const one of EXPECTED.ai_third_reader) {
    check(rule("third_reader"), one.threshold, null, one);
  }
  const today = measureToday(
    kindsOfWomen(
      EXAMS,
      rowsOfExams(EXAMS, { rule: rule("rule_out"), low: -Infinity, high: null }),
      countsOfProfiles(rule("rule_out"), PROFILES),
    ),
    0.95,
  );
  near(today.sensitivity.value, EXPECTED.today.recorded.sensitivity);
  near(today.ppv1.value, EXPECTED.today.recorded.ppv);
});

const KINDS = [
  "replace_second_reader",
  "replace_first_reader",
  "triage",
  "rule_out",
  "rule_in",
  "third_reader",
] as const;

Deno.test("sweep: the same as counting every exam at each threshold, with ties and ends", () => {
  const thresholds = [0.4, -Infinity, 0.2, EXAMS.scores[17]!, 0.2, Infinity];
  for (const kind of KINDS) {
    const table = countsOfProfiles(rule(kind), PROFILES);
    const swept = sweep(EXAMS, rule(kind), thresholds);
    for (const [at, low] of thresholds.entries()) {
      const rows = rowsOfExams(EXAMS, { rule: rule(kind), low, high: null });
      assert.deepEqual(swept[at], wholeCounts(rows, table));
    }
  }
});

Deno.test("pathways: a threshold below or above all scores is today, everybody or nobody", () => {
  const [all, none] = [-Infinity, Infinity];
  const recallsAt = (kind: PathwayRule["kind"], low: number): number =>
    wholeCounts(
      rowsOfExams(EXAMS, { rule: rule(kind), low, high: null }),
      countsOfProfiles(rule(kind), PROFILES),
    ).recalls;
  const { recalls, exams } = EXPECTED.today.recorded;
  assert.equal(recallsAt("rule_out", all), recalls);
  assert.equal(recallsAt("triage", all), recalls);
  assert.equal(recallsAt("rule_in", none), recalls);
  assert.equal(recallsAt("rule_in", all), exams);
  assert.equal(recallsAt("rule_out", none), 0);
});

Deno.test("measures: intervals hold their values; women take their exams together; nothing changed is no difference", () => {
  const of = rule("replace_second_reader");
  const rows = rowsOfExams(EXAMS, { rule: of, low: 0.5, high: null });
  const table = countsOfProfiles(of, PROFILES);
  const alone = measure(kindsOfWomen(EXAMS, rows, table), OPTIONS);
  for (const [name, { value, ci, difference }] of Object.entries(alone)) {
    assert.ok(ci![0] <= value! && value! <= ci![1], name);
    assert.ok(difference.ci![0] <= difference.value! && difference.value! <= difference.ci![1]);
    assert.ok(difference.p! >= 0 && difference.p! <= 1);
  }
  // Every exam twice: the same values, and intervals no narrower as each woman has both copies.
  const twice: ProgrammeExams = {
    ...EXAMS,
    scores: Float64Array.of(...EXAMS.scores, ...EXAMS.scores),
    profileOf: Uint32Array.of(...EXAMS.profileOf, ...EXAMS.profileOf),
    women: Int32Array.of(...EXAMS.women, ...EXAMS.women),
  };
  const both = measure(
    kindsOfWomen(twice, rowsOfExams(twice, { rule: of, low: 0.5, high: null }), table),
    OPTIONS,
  );
  for (const name of ["sensitivity", "specificity", "recall_rate"] as const) {
    assert.equal(both[name].value, alone[name].value);
    near(both[name].ci![0], alone[name].ci![0]);
    near(both[name].difference.ci![1], alone[name].difference.ci![1]);
  }
  const same = rule("rule_out");
  const kinds = kindsOfWomen(
    EXAMS,
    rowsOfExams(EXAMS, { rule: same, low: -1, high: null }),
    countsOfProfiles(same, PROFILES),
  );
  const unchanged = measure(kinds, OPTIONS);
  for (const { difference } of Object.values(unchanged)) {
    assert.equal(difference.value, 0);
    assert.equal(difference.p, 1);
  }
  const width = unchanged.sensitivity.difference.ci!;
  assert.ok(width[0] < 0 && width[1] > 0, "49 cancers cannot show that there is no difference");
  assert.equal(judge("sensitivity", 0.05, kinds, 0.95).holds, false);
  assert.equal(judge("sensitivity", 0.1, kinds, 0.95).holds, true);
  assert.equal(judge("recall_rate", 0.01, kinds, 0.95).holds, true);
});
