import assert from "node:assert/strict";
import { readLabels } from "./labels.ts";

const STUDY = {
  studyInstanceUid: "1.2.3",
  accessionNumber: "A 1",
  patientId: "P1",
  studyDate: "20240131",
};

Deno.test("labels: three ways to find a study, the surest first", () => {
  const head = "left_malignant,right_malignant";
  const tables: [string, string][] = [
    [`StudyInstanceUID,${head}\n1.2.3,0,1\n`, "StudyInstanceUID"],
    [`accession_number,${head}\nA 1 ,0,1\n`, "AccessionNumber"],
    [`PatientID,StudyDate,${head}\nP1,2024-01-31,0,1\n`, "PatientID with StudyDate"],
    [`PatientID,StudyDate,AccessionNumber,${head}\nx,x,A 1,0,1\n`, "AccessionNumber"],
  ];
  for (const [text, keyName] of tables) {
    const labels = readLabels(text);
    assert.equal(labels.keyName, keyName);
    assert.equal(labels.rows[0]!.key, labels.keyOf(STUDY), keyName);
    assert.deepEqual(labels.rows[0]!.malignant, { left: 0, right: 1 });
    assert.equal(labels.rows[0]!.row, 2);
  }
});

Deno.test("labels: without a key or a label column there is nothing to be done", () => {
  for (
    const head of ["left_malignant,right_malignant", "PatientID,left_malignant,right_malignant"]
  ) {
    assert.throws(() => readLabels(`${head}\n`), /there must be a column StudyInstanceUID/);
  }
  assert.throws(() => readLabels("AccessionNumber,left_malignant\n"), /right_malignant is missing/);
  assert.throws(() => readLabels(""), SyntaxError);
});

Deno.test("labels: a row without a key or with another label than 0 or 1 has a fault", () => {
  const { rows, keyOf } = readLabels(
    "AccessionNumber,left_malignant,right_malignant\n,0,0\na,2,0\nb,,0\nc,true,0.0\n",
  );
  assert.deepEqual(rows.map(({ fault }) => fault !== null), [true, true, true, false]);
  assert.match(rows[0]!.fault!, /no key/);
  assert.match(rows[1]!.fault!, /0 or 1/);
  assert.equal(keyOf({ ...STUDY, accessionNumber: "" }), "", "a study without one matches none");
});

Deno.test("labels: further columns become keys, unless they identify", () => {
  const { rows, leftOut } = readLabels(
    "StudyInstanceUID,left_malignant,right_malignant,density,age_band,Patient Name,birth_date," +
      "remarks,StudyDate,exam_id,story\n" +
      `1.2,0,0,b,5,Anna,1955,x,20240131,9,${"long ".repeat(10)}\n1.3,0,0,,,,,,,,\n`,
  );
  assert.deepEqual(rows[0]!.extras, { density: "b", age_band: 5 });
  assert.deepEqual(rows[1]!.extras, { density: null, age_band: null });
  const names = ["Patient Name", "birth_date", "remarks", "StudyDate", "exam_id", "story"];
  assert.deepEqual(leftOut, names);
});
