import assert from "node:assert/strict";
import {
  createWorld,
  makeList,
  postForm,
  sendJson,
  uploadScore,
} from "../../../tests/support/scoring/world.ts";

/** Extreme doubles; negative zero and zero are equal. */
const ENDS = [1.7e308, -1.7e308, 1.7976931348623157e308, 5e-324, -0, 0, 1, -1];

function endScore(exam: number, side: "L" | "R"): number {
  return ENDS[(exam * 3 + (side === "L" ? 0 : 1)) % ENDS.length]!;
}

function text(score: number): string {
  return Object.is(score, -0) ? "-0" : String(score);
}

const REPLICATES = '{"replicates":400}';
const POINTS = '[{"sensitivity":0.9},{"specificity":0.9},{"threshold":1.7e308},{"threshold":-0}]';

Deno.test("scores at the ends of what a double holds are measured at every level", async () => {
  await using world = await createWorld();
  const options = { bootstrap: REPLICATES, operating_points: POINTS, prevalence: "0.006" };
  const byImage = await uploadScore(world.app, 36, endScore, options);
  const rows = Array.from(
    { length: 36 },
    (_, exam) => `exam${exam},${text(endScore(exam, "L"))},${text(endScore(exam, "R"))}`,
  );
  const byBreast = await postForm(world.app, "/v1/scores", {
    data_list: new File([JSON.stringify(makeList(36))], "data.json"),
    predictions: new File(
      [["exam_id,left_malignant,right_malignant", ...rows, ""].join("\n")],
      "predictions.csv",
    ),
    ...options,
  });
  assert.equal(byBreast.status, 201, JSON.stringify(byBreast.body));
  const { levels } = byBreast.body;
  assert.equal(levels.breast.auroc.value, byImage.levels.breast.auroc.value);
  assert.equal(levels.breast.brier.value, null);
  const scores = [byImage.id, byBreast.body.id];
  for (
    const [path, body] of [
      ["/v1/comparisons", { scores, bootstrap: { replicates: 400 }, margin: 0.05 }],
      ["/v1/ensembles", { scores, bootstrap: { replicates: 400 } }],
    ] as const
  ) {
    const { status, body: answer } = await sendJson(world.app, "POST", path, body);
    assert.ok(status === 200 || status === 201, `${path}: ${JSON.stringify(answer)}`);
  }
  for (
    const path of [
      "report.html",
      "breast/calibration.png",
      "breast/histogram.svg",
      "breast/roc.png",
    ]
  ) {
    const response = await world.app.request(`/v1/scores/${byBreast.body.id}/${path}`);
    assert.equal(response.status, 200, path);
    await response.body?.cancel();
  }
});

Deno.test("ratings at the ends of what a double holds make a reader study", async () => {
  await using world = await createWorld();
  const rows = Array.from(
    { length: 40 },
    (_, at) =>
      [
        at >> 1,
        at % 2 === 0 ? "L" : "R",
        at % 5 === 0 ? 1 : 0,
        text(ENDS[at % ENDS.length]!),
        text(ENDS[(at * 3) % ENDS.length]!),
        at % 10,
      ]
        .join(),
  );
  const { status, body } = await postForm(world.app, "/v1/reader-studies", {
    results: new File(
      [["case_ID,side,label,Reader01_POM,AI_a_POM,AI_b_POM", ...rows, ""].join("\n")],
      "study.csv",
    ),
    bootstrap: REPLICATES,
  });
  assert.ok(status < 500, JSON.stringify(body));
});
