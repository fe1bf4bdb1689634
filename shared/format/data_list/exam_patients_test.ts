import assert from "node:assert/strict";
import { hidePatients, readDataList, writeDataList } from "./mod.ts";
import { writePickle } from "../pickle/mod.ts";

const KEY = new Uint8Array(32).fill(7);
const LABEL = { left_malignant: 0, right_malignant: 0 };

function listOf(...patients: unknown[]): ReturnType<typeof readDataList> {
  const exams = patients.map((patient_id) => ({ "L-CC": [], cancer_label: LABEL, patient_id }));
  return readDataList(new TextEncoder().encode(JSON.stringify(exams)), "json");
}

function patientsOf(list: ReturnType<typeof readDataList>): unknown[] {
  return list.exams.map(({ extras }) => extras["patient_id"] ?? null);
}

Deno.test("patient_id: pickle, JSON and CSV name the same women, however programs write an id", () => {
  const csv = "patient_id,L-CC,left_malignant,right_malignant\n" +
    "7,,0,0\n7.0,,0,0\n 007 ,,0,0\nnan,,0,0\nZoe\u0308,,0,0\nZo\u00eb,,0,0\n";
  const pickle = writePickle(
    [7n, 7, "007", NaN, "Zoe\u0308", "Zo\u00eb"].map((id) =>
      new Map<string, unknown>([["patient_id", id], [
        "cancer_label",
        new Map([["left_malignant", 0n], ["right_malignant", 0n]]),
      ]])
    ) as never,
  );
  const lists = [
    listOf(7, 7.0, "007", "NaN", "Zoe\u0308", "Zo\u00eb"),
    readDataList(new TextEncoder().encode(csv), "csv"),
    readDataList(pickle, "pkl"),
  ];
  for (const list of lists) {
    assert.deepEqual(list.errors, []);
    assert.deepEqual(patientsOf(list), ["7", "7", "007", null, "Zo\u00eb", "Zo\u00eb"]);
    const gaps = list.warnings.filter(({ code }) => code === "patient_id_missing");
    assert.match(
      gaps[0]!.message,
      /missing in 1 of 6 exams: each of these counts as the only exam/,
    );
  }
  assert.deepEqual(listOf(1, 2).warnings.filter(({ field }) => field === "patient_id"), []);
});

Deno.test("patient_id: what is no id is refused, and not repeated", () => {
  for (
    const wrong of [
      ["secret-1", "secret-2"],
      { secret: 1 },
      true,
      7.5,
      "1.23457E+12",
      "secret\u0000",
      "s".repeat(300),
    ]
  ) {
    const { errors } = listOf("a", wrong);
    assert.deepEqual(errors.map(({ code, exam, field }) => [code, exam, field]), [
      ["patient_id_invalid", "1", "patient_id"],
    ]);
    assert.doesNotMatch(JSON.stringify(errors), /secret|sss|1\.23457/);
  }
});

Deno.test("patient_id: rows of one exam must name one woman", () => {
  const csv = "exam_id,image,view,left_malignant,right_malignant,patient_id\n" +
    "A,a,L-CC,0,0,w1\nA,b,R-CC,0,0,w2\n";
  const { errors } = readDataList(new TextEncoder().encode(csv), "csv");
  assert.deepEqual(errors.map(({ code }) => code), ["patient_id_invalid"]);
});

Deno.test("hidePatients: pseudonyms tell women apart and nothing else, and hiding twice changes nothing", () => {
  const { list, patients } = hidePatients(listOf("Anna", "Berta", "Anna", null), KEY);
  assert.equal(patients, true);
  const [anna, berta, again, none] = patientsOf(list);
  assert.equal(anna, again);
  assert.notEqual(anna, berta);
  assert.equal(none, null);
  const written = new TextDecoder().decode(writeDataList(list, { labels: "keep" }));
  assert.doesNotMatch(written + JSON.stringify(list.exams), /Anna|Berta/);
  assert.deepEqual(patientsOf(hidePatients(list, KEY).list), patientsOf(list));
  const other = hidePatients(listOf("Anna"), new Uint8Array(32)).list;
  assert.notEqual(patientsOf(other)[0], anna, "without the key nobody can try out who she is");
  assert.equal(hidePatients(listOf(null, null), KEY).patients, false);
});
