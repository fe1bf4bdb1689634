import assert from "node:assert/strict";
import {
  type DataList,
  isOutcomeColumn,
  OUTCOME_KEYS,
  readDataList,
  writeDataList,
} from "./mod.ts";

const LABELS = { left_malignant: 0, right_malignant: 1 };
const WHOLE = {
  reads: [
    { reader: "r1", recall: 1, score: 0.4, order: 1 },
    { reader: "r2", recall: 0, order: 2 },
  ],
  consensus_recall: 1,
  cancer_after_days: { left: null, right: 14 },
  detection: { left: null, right: "screen" },
  followed_days: 900,
  exam_date: 30,
  weight: 4.5,
  stratum: "recalled",
};

function read(...exams: Record<string, unknown>[]): DataList {
  const list = exams.map((exam, at) => ({ "L-CC": [`i${at}`], cancer_label: LABELS, ...exam }));
  return readDataList(new TextEncoder().encode(JSON.stringify(list)), "json");
}

function outcomesOf(list: DataList): Record<string, unknown>[] {
  assert.deepEqual(list.errors, []);
  return list.exams.map(({ extras }) =>
    Object.fromEntries(Object.entries(extras).filter(([key]) => isOutcomeColumn(key)))
  );
}

Deno.test("outcomes: every key in its one form, and reading what was written changes nothing", () => {
  const list = read(WHOLE);
  assert.deepEqual(outcomesOf(list), [WHOLE]);
  const again = readDataList(writeDataList(list, { labels: "keep" }), "pkl");
  assert.deepEqual(outcomesOf(again), [WHOLE]);
});

Deno.test("outcomes: aliases, sides and wide columns of a CSV, empty cells and words for nothing", () => {
  const csv = "exam_id,L-CC,left_malignant,right_malignant,days_to_cancer_left," +
    "days_to_cancer_right,detection_right,days_followed,reader_1,recall_1,reader_2,recall_2," +
    "recall_3,score_3,weight,stratum\n" +
    "a,x,0,1,,14,Screen,900,Ann,1,Bob,0,1,0.25,4.5,7\n" +
    "b,y,0,0,NA,,none,800,Ann,0,Bob,0,,,1,8\n";
  const [a, b] = outcomesOf(readDataList(new TextEncoder().encode(csv), "csv"));
  assert.deepEqual(a, {
    reads: [
      { reader: "Ann", recall: 1, order: 1 },
      { reader: "Bob", recall: 0, order: 2 },
      { reader: "r3", recall: 1, score: 0.25, order: 3 },
    ],
    cancer_after_days: { left: null, right: 14 },
    detection: { left: null, right: "screen" },
    followed_days: 900,
    weight: 4.5,
    stratum: "7",
  });
  assert.deepEqual(Object.keys(b!).sort(), ["followed_days", "reads", "stratum", "weight"]);
});

Deno.test("outcomes: the order of wide reads is that of order_1, order_2, …, and one given twice is named", () => {
  const listOf = (order: string): DataList => {
    const csv = "exam_id,left_malignant,right_malignant,recall_1,order_1,recall_2,order_2\n" +
      `a,0,0,1,${order}\n`;
    return readDataList(new TextEncoder().encode(csv), "csv");
  };
  const [swapped] = outcomesOf(listOf("2,0,1"));
  assert.deepEqual(swapped!["reads"], [
    { reader: "r2", recall: 0, order: 1 },
    { reader: "r1", recall: 1, order: 2 },
  ]);
  const { errors } = listOf("2,0,2");
  assert.deepEqual(errors.map(({ exam, field }) => [exam, field]), [["a", "reads"]]);
  assert.match(errors[0]!.message, /order is 2 twice/);
});

Deno.test("outcomes: without side, and reads as JSON in a cell", () => {
  const cell = '"[{""reader"": 6, ""recall"": true}]"';
  const csv = "exam_id,L-CC,left_malignant,right_malignant,reads,cancer_after_days,detection\n" +
    `a,x,0,1,${cell},3.0,next round\n`;
  assert.deepEqual(outcomesOf(readDataList(new TextEncoder().encode(csv), "csv")), [{
    reads: [{ reader: "6", recall: 1, order: 1 }],
    cancer_after_days: 3,
    detection: "next_round",
  }]);
});

Deno.test("outcomes: what does not fit is named by exam and field, with what to give", () => {
  const wrong: [Record<string, unknown>, string, RegExp][] = [
    [{ reads: "no" }, "reads", /is no list/],
    [{ reads: [3] }, "reads", /\[0\] is no dict/],
    [{ reads: [{ recall: 1 }] }, "reads", /\[0\]\.reader is missing/],
    [{ reads: [{ reader: "a" }] }, "reads", /\[0\]\.recall is missing; give 1/],
    [{ reads: [{ reader: "a", recall: 2 }] }, "reads", /\[0\]\.recall is 2/],
    [{ reads: [{ reader: "a", recall: 1, score: "high" }] }, "reads", /\.score is "high"/],
    [{ reads: [{ reader: "a", recall: 1, order: 1.5 }] }, "reads", /\.order is 1.5/],
    [{ reads: [{ reader: "a", recall: 1, recal: 1 }] }, "reads", /the key "recal"/],
    [{ recall_1: null, score_1: 3 }, "reads", /\[0\]\.recall is missing/],
    [{ recall_1: 1, reads: WHOLE.reads }, "reads", /beside recall_1/],
    [{ consensus_recall: "maybe" }, "consensus_recall", /is "maybe"; give 1/],
    [{ cancer_after_days: -3 }, "cancer_after_days", /is -3; give whole days from 0/],
    [{ cancer_after_days: 1.5 }, "cancer_after_days", /is 1.5/],
    [{ cancer_after_days: { up: 1 } }, "cancer_after_days", /the key "up"/],
    [{ cancer_after_days: { left: "x" } }, "cancer_after_days", /of the left breast is "x"/],
    [{ cancer_after_days: 1, cancer_after_days_left: 1 }, "cancer_after_days", /beside/],
    [{ cancer_after_days: 1, days_to_cancer: 1 }, "days_to_cancer", /same as cancer_after_days/],
    [{ detection: "biopsy" }, "detection", /give screen, interval, next_round/],
    [{ followed_days: "1e9" }, "followed_days", /0 to 36525/],
    [{ exam_date: "last May" }, "exam_date", /is "last May"/],
    [{ weight: 0 }, "weight", /a number above 0/],
    [{ weight: "heavy" }, "weight", /is "heavy"/],
    [{ stratum: [1] }, "stratum", /is no single value/],
  ];
  for (const [exam, field, message] of wrong) {
    const { errors } = read({ exam_id: "good" }, { exam_id: "bad", ...exam });
    assert.equal(errors.length, 1, JSON.stringify(exam));
    assert.deepEqual([errors[0]!.exam, errors[0]!.field], ["bad", field]);
    assert.match(errors[0]!.message, message);
  }
});

Deno.test("outcomes: where no label is given it follows from them, and without both it is missing", () => {
  const csv = "exam_id,cancer_after_days_right,cancer_after_days,detection,followed_days\n" +
    "a,12,,,900\nb,,,interval,\nc,,,none,\nd,,,,800\ne,,400,,800\nf,,,,\n";
  const { exams, errors } = readDataList(new TextEncoder().encode(csv), "csv");
  const unknown = { left: null, right: null };
  assert.deepEqual(exams.map(({ id, malignant }) => [id, malignant]), [
    ["a", { left: 0, right: 1 }],
    ["b", unknown],
    ["c", { left: 0, right: 0 }],
    ["d", { left: 0, right: 0 }],
    ["e", unknown],
  ]);
  assert.deepEqual(errors.map(({ exam, code }) => [exam, code]), [["f", "cancer_label_missing"]]);
});

Deno.test("outcomes: dates become days since the woman's first exam, and go where no woman is named", () => {
  const list = read(
    { exam_id: "a", patient_id: "W", exam_date: "2020-03-01" },
    { exam_id: "b", patient_id: "W", exam_date: "20200201" },
    { exam_id: "c", exam_date: "2020-03-01" },
    { exam_id: "d", patient_id: "V", exam_date: 20210101 },
  );
  assert.deepEqual(outcomesOf(list).map(({ exam_date }) => exam_date), [29, 0, undefined, 0]);
  assert.ok(list.warnings.some(({ code }) => code === "exam_date_unused"));
  assert.doesNotMatch(new TextDecoder().decode(writeDataList(list, { labels: "keep" })), /2020/);
});

Deno.test("no container gets whose exam it is, how it was read or how it ended, under any name", () => {
  const secret = { ...WHOLE, patient_id: "Wanda", how_it_ended: "badly", note: { truth: "badly" } };
  const list = read(secret, { cancer_label: { ...LABELS, malignant: 1 } });
  for (const labels of ["open", "blank"] as const) {
    const written = writeDataList(list, { labels });
    const got = readDataList(written, "pkl");
    const keys = new Set(got.entries.flatMap((entry) => [...entry.keys()]));
    for (const key of ["patient_id", ...OUTCOME_KEYS]) assert.ok(!keys.has(key), key);
    if (labels === "open") continue;
    assert.doesNotMatch(new TextDecoder().decode(written), /badly|Wanda|recalled|how_it_ended/);
    const told = got.entries.map((entry) => [...entry.get("cancer_label") as Map<string, bigint>]);
    assert.deepEqual(told[0], told[1], "which labels an exam has tells nothing either");
    assert.ok(told.flat().every(([, value]) => value === 0n));
  }
});

Deno.test("outcomes: a cancer found at screening in a healthy breast or exam is a warning", () => {
  const list = read(
    { detection: { left: "screen", right: null } },
    { detection: "screen", cancer_label: { left_malignant: 0, right_malignant: 0 } },
    { detection: { left: null, right: "screen" } },
    { detection: { left: "interval", right: "screen" } },
    { detection: "screen" },
  );
  const told = list.warnings.filter(({ code }) => code === "exam_label_contradiction");
  assert.equal(told.length, 1);
  assert.match(told[0]!.message, /^detection of 2 exams contradicts .* Among them: "0", "1"/);
});
