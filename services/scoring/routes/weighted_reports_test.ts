import assert from "node:assert/strict";
import { golden, near, rowsOfGolden } from "../../../tests/support/golden_data.ts";
import {
  createWorld,
  type Json,
  postForm,
  sendJson,
  type World,
} from "../../../tests/support/scoring/world.ts";

const ROWS = rowsOfGolden("weights/sample.csv");

/** Uploads the golden sample with these scores; `weightOf` gives the cell of the weight. */
async function upload(
  { app }: World,
  scoreOf: (row: Record<string, string>) => string | number,
  weightOf = (row: Record<string, string>): string => row["weight"]!,
): Promise<Json> {
  const list = ROWS.map((row, at) =>
    [`e${at}`, row["woman"], row["truth"], 0, row["stratum"], weightOf(row), at % 2].join()
  );
  const predictions = ROWS.map((row, at) => `e${at},${scoreOf(row)}`);
  const head = "exam_id,patient_id,left_malignant,right_malignant,stratum,weight,site\n";
  const { status, body } = await postForm(app, "/v1/scores", {
    data_list: new File([head + list.join("\n")], "list.csv"),
    predictions: new File([`exam_id,malignant\n${predictions.join("\n")}`], "predictions.csv"),
    bootstrap: "false",
    operating_points: '[{"threshold":0.5},{"specificity":0.9}]',
    subgroups: '["site"]',
  });
  assert.equal(status, 201, JSON.stringify(body).slice(0, 500));
  return body;
}

Deno.test("a report of weighted exams has the golden weighted measures, and says so", async () => {
  await using world = await createWorld();
  const { strata_and_women: expected } = golden("weights/expected.json") as Json;
  const report = await upload(world, (row) => row["score"]!);
  const { weighted, auroc, women } = report.levels.exam;
  assert.equal(weighted.design.df, expected.df);
  assert.equal(weighted.design.clusters - weighted.design.df, weighted.design.strata);
  assert.ok(women > 0 && auroc.value !== weighted.auroc.value);
  near(weighted.auroc.value, expected.auroc.estimate);
  near(weighted.auroc.se, expected.auroc.se_linearised);
  near(weighted.average_precision.value, expected.average_precision.estimate);
  const jackknifed = expected.average_precision.se_jackknife_JKn;
  assert.ok(Math.abs(weighted.average_precision.se / jackknifed - 1) < 0.05);
  for (const measure of ["prevalence", "brier", "log_loss", "observed_over_expected"]) {
    near(weighted[measure].value, expected[measure].estimate, measure);
    near(weighted[measure].se, expected[measure].se, measure);
  }
  const [point, chosen] = weighted.operating_points;
  for (const measure of ["recall_rate", "sensitivity", "specificity", "ppv"]) {
    near(point[measure].value, expected[measure].estimate, measure);
    near(point[measure].se, expected[measure].se, measure);
  }
  assert.equal(point.name, "score>=0.5");
  assert.ok(chosen.specificity.value >= 0.9);
  const [site] = report.subgroups;
  for (const group of site.groups) assert.ok(group.levels.exam.weighted.auroc.value > 0);
  const page = await world.app.request(`/reports/${report.id}`);
  const html = await page.text();
  assert.match(html, /Weighted to the programme/);
  assert.match(html, /sampled with weights/);
});

Deno.test("weights: a comparison has weighted differences, and one weight missing is told", async () => {
  await using world = await createWorld();
  const first = await upload(world, (row) => row["score"]!);
  const second = await upload(world, (row) => Number(row["score"]) ** 2);
  const compare = async (scores: string[]): Promise<Json> => {
    const { status, body } = await sendJson(world.app, "POST", "/v1/comparisons", {
      scores,
      level: "exam",
      bootstrap: false,
    });
    assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
    return body.pairs[0].weighted;
  };
  const weighted = await compare([first.id, second.id]);
  const of = (report: Json): Json => report.levels.exam.weighted;
  for (const measure of ["auroc", "average_precision", "brier"]) {
    near(
      weighted[measure].value,
      of(first)[measure].value - of(second)[measure].value,
      measure,
    );
  }
  assert.ok(weighted.brier.se > 0 && weighted.brier.p < 1);
  const lacking = await upload(
    world,
    (row) => row["score"]!,
    (row) => row["exam"] === ROWS[3]!["exam"] ? "" : row["weight"]!,
  );
  assert.equal(lacking.levels.exam.weighted, undefined);
  assert.ok(
    lacking.warnings.some(({ code, message }: Json) =>
      code === "weight_missing" && /1 of 400 exams .*e3/.test(message)
    ),
  );
});

Deno.test("weighted measures, whose sums tell single exams, are for those who may see the truth", async () => {
  await using world = await createWorld();
  const report = await upload(world, (row) => row["score"]!);
  for (const [role, may] of [["admin", true], ["read", false]] as const) {
    const response = await world.app.request(`/v1/scores/${report.id}`, {
      headers: { "x-mammoeval-user": "eve", "x-mammoeval-role": role },
    });
    const text = await response.text();
    assert.equal(text.includes('"weighted":{'), may, role);
  }
});
