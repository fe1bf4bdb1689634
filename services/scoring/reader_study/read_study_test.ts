import assert from "node:assert/strict";
import { type ReaderStudy, readStudy } from "./read_study.ts";
import { readStudyTable } from "./study_table.ts";

const GOLDEN = new URL("../../../tests/golden/reader_study/", import.meta.url);

async function readGolden(name: string): Promise<ReaderStudy> {
  const reading = readStudy(readStudyTable(await Deno.readFile(new URL(name, GOLDEN)), name));
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.study;
}

/** A double as big-endian IEEE 754 hex, to compare bit by bit. */
function bits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

Deno.test("readStudy: frames of pandas 1 and 2, protocols 4 and 5, and CSV, every score to the bit", async () => {
  const expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", GOLDEN)));
  const names = (await Array.fromAsync(Deno.readDir(GOLDEN))).map(({ name }) => name)
    .filter((name) => /^study(?!_filtered).*\.(?:pkl|csv)$/.test(name));
  for (const version of ["pandas1", "pandas2"]) {
    for (const protocol of [4, 5]) assert.ok(names.includes(`study_${version}_${protocol}.pkl`));
  }
  for (const name of names) {
    const { rows, readers, models, ignored } = await readGolden(name);
    assert.deepEqual(rows.map(({ label }) => label), expected.labels, name);
    assert.deepEqual(readers.map((reader) => reader.name), ["Reader01", "Reader02", "Reader03"]);
    assert.deepEqual(models.map((model) => model.name), ["model_a", "model_b"]);
    assert.deepEqual(ignored, ["note"]);
    for (const { column, scores } of [...readers, ...models]) {
      assert.deepEqual([...scores].map(bits), expected.scores[column], `${name} ${column}`);
    }
    assert.equal(rows[1]!.caseIndex, 0);
    assert.equal(rows[1]!.side, "right");
    assert.equal(rows[2]!.caseId, "case001");
  }
});

Deno.test("readStudy: scores that differ in the last bit stay different", async () => {
  const { models } = await readGolden("study_pandas1_5.pkl");
  const near = new Set([...models[0]!.scores].filter((score) => Math.abs(score - 0.3) < 1e-12));
  assert.ok(near.size >= 4, `${near.size} scores close to 0.3`);
});

Deno.test("readStudy: frames that were filtered have their rows and no others", async () => {
  for (const version of ["pandas1", "pandas2"]) {
    const { rows } = await readGolden(`study_filtered_${version}_4.pkl`);
    assert.equal(rows.length, 60);
    assert.equal(new Set(rows.map(({ caseIndex }) => caseIndex)).size, 30);
  }
});

function csvFaults(text: string): [string, string][] {
  const reading = readStudy(readStudyTable(new TextEncoder().encode(text), "study.csv"));
  assert.ok(!reading.ok);
  return reading.errors.map(({ code, message }) => [code, message]);
}

Deno.test("readStudy: every fault is named with line and column", () => {
  const header = "case_ID,side,label,Reader1_POM,AI_x_POM\n";
  assert.deepEqual(
    csvFaults(`${header}a,L,0,1,\n,X,2,y,0.5\na,left,1,2,0.5\n`),
    [
      ["case_invalid", "Line 3, column case_ID is neither text nor a whole number"],
      ["side_invalid", "Line 3, column side is neither L nor R"],
      ["label_invalid", "Line 3, column label is neither 0 nor 1"],
      ["row_repeated", "Line 4, column case_ID has case a, side left again (Line 2)"],
      ["score_invalid", "Line 3, column Reader1_POM is not a finite number"],
      ["score_missing", "Line 2, column AI_x_POM is empty: remove the row or the rater"],
    ],
  );
  const codes = (text: string): string[] => csvFaults(text).map(([code]) => code);
  assert.deepEqual(codes("case_ID,side\na,L\n"), ["column_missing", "raters_missing"]);
  assert.deepEqual(codes(header), ["study_empty"]);
  const many = Array.from({ length: 65 }, (_, at) => `Reader${at}_POM`).join();
  assert.deepEqual(codes(`case_ID,side,label,${many}\na,L,0${",1".repeat(65)}\n`), [
    "raters_too_many",
  ]);
});

Deno.test("readStudy: names of columns in any case; two columns of a reader are told apart", () => {
  const text =
    "Case_id,Side,Label,reader01_pom_mass,reader01_pom_all,AI_GMIC_2_POM_x\n7,R,true,1,2,3\n";
  const reading = readStudy(readStudyTable(new TextEncoder().encode(text), "STUDY.CSV"));
  assert.ok(reading.ok);
  const { rows, readers, models } = reading.study;
  assert.deepEqual(rows, [{ caseIndex: 0, caseId: "7", side: "right", label: 1 }]);
  assert.deepEqual(readers.map(({ name }) => name), ["reader01_mass", "reader01_all"]);
  assert.deepEqual(models.map(({ name }) => name), ["GMIC_2"]);
});

Deno.test("readStudyTable: other files are refused with what to do", () => {
  assert.throws(() => readStudyTable(new Uint8Array(), "study.xlsx"), {
    name: "TypeError",
    message: /must end in \.pkl or \.csv/,
  });
  assert.throws(() => readStudyTable(Uint8Array.of(0xff), "study.csv"), /not UTF-8/);
  const list = new TextEncoder().encode("(lp0\n.");
  assert.throws(() => readStudyTable(list, "study.pkl"), /not a pandas DataFrame.*as CSV/);
});

Deno.test("readStudy: no side is what only JavaScript knows by that name", () => {
  for (const side of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    const csv = `case_ID,side,label,Reader01_POM\n1,${side},0,0.5\n`;
    const reading = readStudy(readStudyTable(new TextEncoder().encode(csv), "study.csv"));
    assert.ok(!reading.ok, side);
    assert.deepEqual(reading.errors.map(({ code }) => code), ["side_invalid"]);
  }
});

Deno.test("readStudy: a case is one cluster, however its id is written", () => {
  const csv = "case_ID,side,label,Reader01_POM\n7,L,0,0.5\n7.0,R,1,0.6\n" +
    "Zo\u00eb,L,0,0.1\nZoe\u0308,R,0,0.2\n-0,L,0,0.3\n0,R,0,0.4\n07,L,0,0.4\n";
  const reading = readStudy(readStudyTable(new TextEncoder().encode(csv), "study.csv"));
  assert.ok(reading.ok, JSON.stringify(reading));
  assert.deepEqual(reading.study.rows.map(({ caseIndex }) => caseIndex), [0, 0, 1, 1, 2, 2, 3]);
  const twice = "case_ID,side,label,Reader01_POM\n7,L,0,0.5\n7.0,L,1,0.6\n";
  const again = readStudy(readStudyTable(new TextEncoder().encode(twice), "study.csv"));
  assert.ok(!again.ok);
  assert.deepEqual(again.errors.map(({ code }) => code), ["row_repeated"]);
});
