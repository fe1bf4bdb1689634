import assert from "node:assert/strict";
import { makeSample } from "../../../tests/support/exams.ts";
import { clustersOf, nameWomen } from "./sample_clusters.ts";

Deno.test("clustersOf: women where any is known, exams elsewhere", () => {
  const exams = [0, 0, 1, 2].map((examIndex) => makeSample({ examIndex }));
  assert.deepEqual(clustersOf(exams), { clusters: Int32Array.of(0, 0, 1, 2), unit: "exam" });
  const women = exams.map((sample) =>
    sample.examIndex === 1 ? sample : { ...sample, patient: "w1" }
  );
  assert.deepEqual(clustersOf(women), { clusters: Int32Array.of(0, 0, 1, 0), unit: "woman" });
});

Deno.test("nameWomen: a side table counts alone, by pseudonyms", () => {
  const breast = [
    makeSample({ examIndex: 0, patient: "w1" }),
    makeSample({ examIndex: 1, patient: "w1" }),
  ];
  const samples = { breast, image: null, exam: null, noBreasts: null };
  assert.equal(nameWomen(samples, null, new Uint8Array(32)), samples);
  const named = nameWomen(samples, new Map([[1, "Anna"]]), new Uint8Array(32));
  assert.equal(named.breast![0]!.patient, undefined);
  assert.match(named.breast![1]!.patient!, /^w[0-9a-f]{20}$/);
});
