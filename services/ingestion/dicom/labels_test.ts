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
    const head of ["left_malignant,right_malignant", "StudyDate,left_malignant,right_malignant"]
  ) {
    assert.throws(() => readLabels(`${head}\n`), /there must be a column StudyInstanceUID/);
  }
  assert.throws(() => readLabels("AccessionNumber,left_malignant\n"), /right_malignant is missing/);
  assert.throws(() => readLabels(""), SyntaxError);
});

Deno.test("labels: two columns that mean the same by another spelling are refused, not one of them taken", () => {
  for (const twice of ["Left Malignant", "left_Malignant", "study_instance_uid"]) {
    const text = `StudyInstanceUID,left_malignant,right_malignant,${twice}\n1.2,0,1,1\n`;
    assert.throws(() => readLabels(text), /mean the same: leave one/, twice);
  }
});

Deno.test("labels: column malignant stands in where nobody knows the side", () => {
  const alone = readLabels("AccessionNumber,malignant\na,1\nb,0\nc,\nd,2\n");
  assert.deepEqual(alone.rows.map(({ malignant }) => malignant), [
    { left: null, right: null },
    { left: 0, right: 0 },
    null,
    null,
  ]);
  const beside = readLabels(
    "AccessionNumber,left_malignant,right_malignant,malignant\na,,,1\nb,0,1,1\nc,1,,1\nd,,,\n",
  );
  assert.deepEqual(beside.rows.map(({ malignant }) => malignant), [
    { left: null, right: null },
    { left: 0, right: 1 },
    null,
    null,
  ]);
  assert.deepEqual(beside.rows.map(({ faults }) => faults.map(({ field }) => field)), [
    [],
    [],
    ["right_malignant"],
    ["left_malignant", "right_malignant"],
  ]);
  assert.deepEqual(beside.leftOut, []);
});

Deno.test("labels: every cell with a fault is named by line and column, and no value that may be a name", () => {
  const { rows, keyOf } = readLabels(
    "AccessionNumber,left_malignant,right_malignant\n,0,0\na,2,no\nb,,Anna\nc,true,0.00\n1.2E+12,0,1\n",
  );
  assert.deepEqual(rows.map(({ faults }) => faults.map(({ field }) => field)), [
    ["AccessionNumber"],
    ["left_malignant", "right_malignant"],
    ["left_malignant", "right_malignant"],
    [],
    ["AccessionNumber"],
  ]);
  const said = rows.map(({ faults }) => faults.map(({ reason }) => reason).join(" | "));
  assert.match(said[0]!, /is empty/);
  assert.match(said[1]!, /is "2"; give 0 or 1 \| is "no"/);
  assert.match(said[2]!, /is empty; give 0 or 1 \| is different text/);
  assert.match(said[4]!, /rounded by a spreadsheet/);
  assert.equal(keyOf({ ...STUDY, accessionNumber: "" }), "", "a study without one matches none");
});

Deno.test("labels: keys in the clothes of spreadsheets and pandas mean the same study", () => {
  const head = "left_malignant,right_malignant";
  const study = { ...STUDY, accessionNumber: "12345" };
  for (const cell of ["12345", " 12345 ", "12345.0", "'12345", '"=""12345"""']) {
    const labels = readLabels(`AccessionNumber,${head}\n${cell},0,1\n`);
    assert.equal(labels.rows[0]!.key, labels.keyOf(study), cell);
  }
  for (
    const date of ["20240131", "2024-01-31", "2024/01/31", "2024-01-31 00:00:00", "20240131.0"]
  ) {
    const labels = readLabels(`PatientID,StudyDate,${head}\nP1,${date},0,1\n`);
    assert.equal(labels.rows[0]!.key, labels.keyOf(STUDY), date);
  }
  for (const date of ["01/31/2024", "31.01.2024", "2024-02-31"]) {
    const [row] = readLabels(`PatientID,StudyDate,${head}\nP1,${date},0,1\n`).rows;
    assert.match(row!.faults[0]!.reason, /not a date/, date);
  }
  const spaced = readLabels("Study Instance UID,Left Malignant,Right_Malignant\n1.2.3,0,1\n");
  assert.equal(spaced.rows[0]!.key, spaced.keyOf(STUDY));
});

Deno.test("labels: the same table in every habit of pandas and spreadsheets", () => {
  const plain = "StudyInstanceUID,left_malignant,right_malignant,age\n1.2.3,0,1,61.5\n";
  const habits = [
    plain,
    "\ufeff" + plain.replaceAll("\n", "\r\n"),
    plain.replaceAll(",", "\t"),
    plain.replaceAll(",", ";").replace("61.5", "61,5"),
    "sep=;\n" + plain.replaceAll(",", ";"),
    plain.replace("Study", ",Study").replace("1.2.3", "0,1.2.3"),
    plain.replace("Study", "Unnamed: 0,Study").replace("1.2.3", "0,1.2.3"),
    plain.replaceAll("\n", ",,\n") + ",,,,,\n",
  ];
  for (const text of habits) {
    const { rows, leftOut } = readLabels(text);
    assert.deepEqual(rows.map(({ key, malignant, extras }) => [key, malignant, extras]), [
      ["1.2.3", { left: 0, right: 1 }, { age: 61.5 }],
    ], text);
    assert.deepEqual(leftOut, []);
  }
});

Deno.test("labels: patient_id is kept apart, exam_date becomes days since the woman's first exam", () => {
  const { rows, leftOut } = readLabels(
    "AccessionNumber,patient_id,exam_date,left_malignant,right_malignant\n" +
      "a,P1,2022-03-01,0,0\nb,P1,2020-03-01,0,0\nc,P2,20210505,0,0\nd,,20210506,0,0\ne,P2,soon,0,0\n",
  );
  assert.deepEqual(rows.map(({ patientId }) => patientId), ["P1", "P1", "P2", null, "P2"]);
  assert.deepEqual(rows.map(({ extras }) => extras), [
    { exam_date: 730 },
    { exam_date: 0 },
    { exam_date: 0 },
    { exam_date: null },
    { exam_date: null },
  ]);
  assert.deepEqual(rows.flatMap(({ row, faults }) => faults.map(({ field }) => [row, field])), [
    [6, "exam_date"],
  ]);
  assert.deepEqual(leftOut, []);
});
