import assert from "node:assert/strict";
import { comparisonSchema } from "../../../shared/contracts/comparisons.ts";
import {
  createWorld,
  fairScore,
  type Json,
  sendJson,
  uploadScore,
} from "../../../tests/support/scoring/world.ts";

const EXAMS = 30;

/** Better and worse than {@linkcode fairScore}, in different exams. */
function otherScore(by: number): (exam: number, side: "L" | "R") => number {
  return (exam, side) => fairScore(exam, side) * 0.5 + ((exam * 13 + by * 7) % 30) / 60;
}

Deno.test("POST /v1/comparisons: every test of every metric, corrected for all pairs", async () => {
  await using world = await createWorld();
  const reports = [
    await uploadScore(world.app, EXAMS, fairScore),
    await uploadScore(world.app, EXAMS, otherScore(1)),
    await uploadScore(world.app, EXAMS, otherScore(2)),
  ];
  const scores = reports.map(({ id }) => id);
  const { status, body } = await sendJson(world.app, "POST", "/v1/comparisons", {
    scores,
    bootstrap: { replicates: 400 },
    margin: 0.1,
  });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(comparisonSchema.parse(body), body, "as the document says");
  assert.deepEqual([body.count, body.positives, body.exams], [60, 10, 30]);
  assert.deepEqual(body.pairs.map(({ a, b }: Json) => [a, b]), [
    [scores[0], scores[1]],
    [scores[0], scores[2]],
    [scores[1], scores[2]],
  ]);
  for (const { a, b, auroc, auprc, average_precision, brier, non_inferiority } of body.pairs) {
    const of = (id: string): Json => body.scores.find((score: Json) => score.id === id);
    for (const [name, metric] of Object.entries({ auroc, auprc, average_precision, brier })) {
      const difference = of(a)[name] - of(b)[name];
      assert.ok(Math.abs((metric as Json).difference.value - difference) < 1e-12, name);
    }
    assert.deepEqual(Object.keys(auroc).toSorted(), [
      "bootstrap",
      "bootstrap_by_exam",
      "delong",
      "delong_by_exam",
      "difference",
      "permutation",
      "permutation_by_exam",
    ]);
    for (const { p, p_holm } of [auroc.delong_by_exam, auroc.bootstrap_by_exam]) {
      assert.ok(p <= p_holm && p_holm <= 1 && p_holm <= 3 * p + 1e-15);
    }
    for (const { ci, p, p_holm } of [auroc.delong, auroc.bootstrap, auprc.bootstrap]) {
      assert.ok(ci[0] < ci[1]);
      assert.deepEqual([p, p_holm], [null, null], "what is by row is no test");
    }
    assert.deepEqual([average_precision.bootstrap, brier.bootstrap], [null, null]);
    assert.deepEqual([auroc.permutation, auroc.permutation_by_exam], [null, null]);
    assert.equal(non_inferiority.by_row.p, null);
    assert.equal(non_inferiority.margin, 0.1);
    assert.equal(typeof non_inferiority.by_exam.non_inferior, "boolean");
  }
  const again = await sendJson(world.app, "POST", "/v1/comparisons", {
    scores,
    bootstrap: { replicates: 400 },
    margin: 0.1,
  });
  assert.deepEqual(again.body.pairs, body.pairs, "the same to the bit");
});

Deno.test("POST /v1/comparisons: with a reference only the pairs with it; images are compared too", async () => {
  await using world = await createWorld();
  const ids: string[] = [];
  for (const by of [1, 2, 3]) {
    ids.push((await uploadScore(world.app, EXAMS, otherScore(by), { subgroups: "false" })).id);
  }
  const { body } = await sendJson(world.app, "POST", "/v1/comparisons", {
    scores: ids,
    level: "image",
    reference: ids[1],
    bootstrap: false,
  });
  assert.deepEqual(body.pairs.map(({ a, b }: Json) => [a, b]), [[ids[0], ids[1]], [
    ids[2],
    ids[1],
  ]]);
  assert.equal(body.count, 120);
  assert.equal(body.pairs[0].auprc.bootstrap, null);
  assert.ok(body.pairs[0].auroc.delong_by_exam.p > 0);
  assert.equal(body.bootstrap, null);
});

Deno.test("POST /v1/comparisons: a score with itself again does not differ", async () => {
  await using world = await createWorld();
  const a = await uploadScore(world.app, EXAMS, fairScore);
  const b = await uploadScore(world.app, EXAMS, fairScore, { model: "twin" });
  const { body } = await sendJson(world.app, "POST", "/v1/comparisons", {
    scores: [a.id, b.id],
    bootstrap: { replicates: 400 },
  });
  const { auroc } = body.pairs[0];
  assert.equal(auroc.difference.value, 0);
  assert.match(auroc.delong.undefined, /variance is 0/);
});

Deno.test("POST /v1/comparisons: other exams or another truth are refused with what differs", async () => {
  await using world = await createWorld();
  const a = await uploadScore(world.app, EXAMS, fairScore);
  const b = await uploadScore(world.app, EXAMS - 1, fairScore);
  const { status, body } = await sendJson(world.app, "POST", "/v1/comparisons", {
    scores: [a.id, b.id],
  });
  assert.equal(status, 422);
  assert.equal(body.type, "scores_not_comparable");
  assert.match(body.detail, /has 2 samples that score .* does not have: exam29 left, exam29 right/);
  assert.equal(body.errors[0].exam, "exam29");
});

Deno.test("POST /v1/comparisons: what is asked for must make sense", async () => {
  await using world = await createWorld();
  const { id } = await uploadScore(world.app, EXAMS, fairScore);
  const unknown = "0190a000-0000-7000-8000-000000000009";
  const cases: [Json, number, string][] = [
    [{ scores: [id] }, 400, "invalid_request"],
    [{ scores: [id, id] }, 400, "invalid_request"],
    [{ scores: [id, unknown] }, 404, "not_found"],
    [{ scores: [id, unknown], reference: crypto.randomUUID() }, 400, "invalid_request"],
    [{ scores: [id, unknown], margin: 1 }, 400, "invalid_request"],
    [
      {
        scores: Array.from({ length: 16 }, () => crypto.randomUUID()),
        bootstrap: { replicates: 100_000 },
      },
      400,
      "invalid_request",
    ],
    [{ scores: [id, unknown], what: 1 }, 400, "invalid_request"],
  ];
  for (const [request, status, type] of cases) {
    const answer = await sendJson(world.app, "POST", "/v1/comparisons", request);
    assert.deepEqual([answer.status, answer.body.type], [status, type], JSON.stringify(request));
  }
});
