import assert from "node:assert/strict";
import type { Sample } from "../../../shared/domain/mod.ts";
import { makeSample } from "../../../tests/support/exams.ts";
import { matchSamples, type ScoredSamples } from "./match_samples.ts";

function exams(count: number, change: (index: number) => Partial<Sample> = () => ({})): Sample[] {
  return Array.from({ length: count }, (_, index) =>
    makeSample({
      examIndex: index,
      exam: `e${index}`,
      score: index / 10,
      label: index % 2 === 0 ? 0 : 1,
      ...change(index),
    }));
}

function scored(
  id: string,
  samples: readonly Sample[],
  truth: string | null = "t",
  examNames: ScoredSamples["examNames"] = "exam_id",
): ScoredSamples {
  return { id, samples, truth, examNames };
}

function refused(...all: ScoredSamples[]): [string, string][] {
  const match = matchSamples(all);
  assert.ok(!match.ok);
  return match.errors.map(({ code, message }) => [code, message]);
}

Deno.test("matchSamples: the order of the first counts, whatever that of the others", () => {
  const match = matchSamples([
    scored("a", exams(4)),
    scored("b", exams(4, (index) => ({ score: index * 100 })).toReversed(), "other list"),
  ]);
  assert.ok(match.ok);
  assert.deepEqual([...match.matched.scores[0]!], [0, 0.1, 0.2, 0.3]);
  assert.deepEqual([...match.matched.scores[1]!], [0, 100, 200, 300]);
  assert.deepEqual([...match.matched.labels], [0, 1, 0, 1]);
  assert.deepEqual([...match.matched.exams], [0, 1, 2, 3]);
});

Deno.test("matchSamples: which samples only one has, on both sides", () => {
  const shifted = exams(9).slice(1).map((sample) => sample);
  assert.deepEqual(refused(scored("a", exams(8)), scored("b", shifted)), [
    ["samples_differ", "Score a has 1 samples that score b does not have: e0 left"],
    ["samples_differ", "Score b has 1 samples that score a does not have: e8 left"],
  ]);
  const [[, many]] = refused(scored("a", exams(20)), scored("b", exams(2))) as [[string, string]];
  assert.match(many, /18 samples .*: e2 left, e3 left, e4 left, e5 left, e6 left, …$/);
});

Deno.test("matchSamples: the other breast or another image is another sample", () => {
  const right = exams(2, () => ({ laterality: "right" }));
  assert.equal(refused(scored("a", exams(2)), scored("b", right)).length, 2);
  const image = exams(2, (index) => ({ view: "L-CC", image: `x${index}` }));
  const [[, message]] = refused(scored("a", image), scored("b", exams(2))) as [[string, string]];
  assert.match(message, /e0 x0, e1 x1$/);
});

Deno.test("matchSamples: contradictory truth is named", () => {
  const turned = exams(4, (index) => index === 2 ? { label: 1 } : {});
  assert.deepEqual(refused(scored("a", exams(4)), scored("b", turned)), [
    ["labels_differ", "Scores a and b differ in the truth of 1 samples: e2 left"],
  ]);
});

Deno.test("matchSamples: exams that are called by their position match only in the same list", () => {
  // Every other exam lacked a view and was left out; the others keep their position as name.
  const left = exams(3, (index) => ({ exam: String(index * 2 + 1) }));
  const byPosition = (id: string, truth: string | null): ScoredSamples =>
    scored(id, left, truth, "position");
  assert.ok(matchSamples([byPosition("a", "t"), byPosition("b", "t")]).ok);
  for (
    const other of [
      byPosition("b", "other list"),
      byPosition("b", null),
      // IDs that look like the positions of another list do not name its exams.
      scored("b", left, "other list", "exam_id"),
    ]
  ) {
    for (const pair of [[byPosition("a", "t"), other], [other, byPosition("a", "t")]]) {
      assert.deepEqual(refused(...pair).map(([code]) => code), ["exams_unnamed"]);
    }
  }
  const unknown = [byPosition("a", null), byPosition("b", null)];
  assert.deepEqual(refused(...unknown).map(([code]) => code), ["exams_unnamed"]);
  assert.ok(matchSamples([scored("a", left), scored("b", left, "other list")]).ok, "ids match");
});

Deno.test("matchSamples: images have names of their own, whatever their exams are called", () => {
  const images = exams(3, (index) => ({ exam: String(index), view: "L-CC", image: `i${index}` }));
  const all = ["t", "other list"].map((truth) => scored(truth, images, truth, "position"));
  assert.ok(matchSamples(all).ok);
});
