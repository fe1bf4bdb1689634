import assert from "node:assert/strict";
import fc from "fast-check";
import { LATERALITIES, type Sample, VIEWS } from "../../../shared/domain/mod.ts";
import { readSamples, writeSamples } from "./samples_csv.ts";

const text = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }).filter((id) =>
  id.trim() !== ""
);
const anySample: fc.Arbitrary<Sample> = fc.record({
  examIndex: fc.nat(),
  exam: text,
  laterality: fc.constantFrom(...LATERALITIES),
  view: fc.option(fc.constantFrom(...VIEWS)),
  image: fc.option(text),
  score: fc.double({ noNaN: true, noDefaultInfinity: true }),
  label: fc.constantFrom(0, 1),
});

Deno.test("writeSamples, readSamples: every double comes back to the bit, every name as it was", () => {
  fc.assert(fc.property(fc.array(anySample), (samples) => {
    const read = readSamples(writeSamples(samples));
    assert.equal(read.length, samples.length);
    for (const [at, sample] of samples.entries()) {
      assert.deepEqual(read[at], { ...sample, image: sample.image });
      assert.ok(Object.is(read[at]!.score, sample.score));
    }
  }));
});

Deno.test("readSamples: a file that was changed is refused, with line and column", () => {
  const good = writeSamples([{
    examIndex: 3,
    exam: "x",
    laterality: "left",
    view: null,
    image: null,
    score: 0.25,
    label: 1,
  }]);
  assert.equal(readSamples(good)[0]!.score, 0.25);
  const changes: [from: string, to: string, message: RegExp][] = [
    ["3,x", "-3,x", /line 2, column exam_index is "-3"/],
    ["left", "middle", /line 2, column laterality is "middle"/],
    ["left,", "left,XX", /line 2, column view is "XX"/],
    ["0.25", "much", /line 2, column score is "much"/],
    ["0.25", "", /line 2, column score is ""/],
    [",1\n", ",2\n", /line 2, column label is "2"/],
    ["score,", "points,", /the columns are .*points/],
  ];
  for (const [from, to, message] of changes) {
    const changed = good.replace(from, to);
    assert.notEqual(changed, good, from);
    assert.throws(() => readSamples(changed), { name: "SyntaxError", message });
  }
});
