import assert from "node:assert/strict";
import { golden, near, rowsOfGolden } from "../../../tests/support/golden_data.ts";
import {
  askApp,
  createWorld,
  type Json,
  postForm,
  sendJson,
  type World,
} from "../../../tests/support/scoring/world.ts";

const HORIZONS = [365, 730, 1095];

/** The golden exams with outcomes as a CSV data list without labels, and their scores by breast. */
function outcomesUpload(): { list: string; predictions: string } {
  const rows = rowsOfGolden("outcomes/exams.csv");
  const list = ["exam_id,days_to_cancer_left,days_to_cancer_right,detection,days_followed"];
  const predictions = ["exam_id,left_malignant,right_malignant"];
  for (const row of rows) {
    const { exam, cancer_side: side, days_to_cancer: days, detection, days_followed } = row;
    const [left, right] = ["left", "right"].map((one) => one === side ? days : "");
    list.push([exam, left, right, detection, days_followed].join());
    predictions.push([exam, row["score_left"], row["score_right"]].join());
  }
  return { list: list.join("\n") + "\n", predictions: predictions.join("\n") + "\n" };
}

async function upload(
  { app }: World,
  truth: unknown,
  further: Record<string, string> = {},
  given = outcomesUpload(),
): Promise<{ status: number; body: Json }> {
  return await postForm(app, "/v1/scores", {
    data_list: new File([given.list], "list.csv"),
    predictions: new File([given.predictions], "predictions.csv"),
    bootstrap: "false",
    subgroups: "false",
    ...(truth === undefined ? {} : { truth: JSON.stringify(truth) }),
    ...further,
  });
}

Deno.test("a truth rule labels a score by outcomes: golden counts, AUROC and operating point at each horizon", async () => {
  await using world = await createWorld();
  const { rules } = (golden("outcomes/expected.json") as Json).own_followup;
  const point = { operating_points: JSON.stringify([{ threshold: 0.3 }]) };
  for (const days of HORIZONS) {
    const { status, body } = await upload(world, { within_days: days }, point);
    assert.equal(status, 201, JSON.stringify(body).slice(0, 500));
    const expected = rules[days];
    const { exam, breast } = body.levels;
    assert.deepEqual(body.provenance.truth, {
      within_days: days,
      positives: expected.positive,
      negatives: expected.negative,
      left_out: expected.excluded,
    });
    near(exam.auroc.value, expected.exam_auroc);
    near(breast.auroc.value, expected.breast_auroc);
    assert.deepEqual([breast.count, breast.positives], [
      expected.breasts,
      expected.breasts_positive,
    ]);
    const [{ sensitivity, specificity }] = exam.operating_points;
    assert.equal(sensitivity.count, expected.true_positives);
    assert.equal(specificity.of - specificity.count, expected.false_positives);
    near(sensitivity.value, expected.sensitivity);
    near(specificity.value, expected.specificity);
    assert.equal(body.horizons.length, 1);
  }
});

Deno.test("several horizons make a table, the first labels the report, and its files agree", async () => {
  await using world = await createWorld();
  const { rules } = (golden("outcomes/expected.json") as Json).own_followup;
  const { status, body } = await upload(world, { within_days: [730, 365, 1095, 365] });
  assert.equal(status, 201);
  assert.equal(body.provenance.truth.within_days, 730);
  assert.deepEqual(body.horizons.map((row: Json) => row.within_days), [730, 365, 1095]);
  for (const { within_days, positives, negatives, left_out, levels } of body.horizons) {
    const { positive, negative, excluded, exam_auroc, breast_auroc } = rules[within_days];
    assert.deepEqual([positives, negatives, left_out], [positive, negative, excluded]);
    near(levels.exam.auroc.value, exam_auroc);
    near(levels.breast.auroc.value, breast_auroc);
    assert.ok(levels.exam.auroc.ci_delong[0] < exam_auroc);
  }
  near(body.levels.exam.auroc.value, rules[730].exam_auroc);
  const samples = await (await askApp(world.app, body.levels.exam.plots.samples)).text();
  assert.equal(samples.trim().split("\n").length - 1, rules[730].positive + rules[730].negative);
  const page = await (await askApp(world.app, `/reports/${body.id}`)).text();
  assert.ok(page.includes("1,095 days") && page.includes("Left out"), "a table of horizons");
  assert.doesNotMatch(page, /NaN|undefined/);
});

Deno.test("scores of different truths are other scores, and are neither compared nor combined", async () => {
  await using world = await createWorld();
  const ids: string[] = [];
  for (const truth of [undefined, { within_days: 365 }, { within_days: 366 }]) {
    const { status, body } = await upload(world, truth);
    assert.equal(status, 201, JSON.stringify(body).slice(0, 300));
    ids.push(body.id);
  }
  assert.equal(new Set(ids).size, 3);
  for (const [a, b, text] of [[0, 1, "as its list says"], [1, 2, "within 366 days"]] as const) {
    for (const path of ["/v1/comparisons", "/v1/ensembles"]) {
      const request = path.endsWith("comparisons") ? {} : { model: "both", experiment: "e" };
      const { status, body } = await sendJson(world.app, "POST", path, {
        scores: [ids[a], ids[b]],
        ...request,
      });
      assert.equal(status, 422, JSON.stringify(body).slice(0, 300));
      assert.equal(body.errors[0].code, "truth_rules_differ");
      assert.ok(body.errors[0].message.includes(text), body.errors[0].message);
    }
  }
});

Deno.test("a wrong rule is refused by field, and one without outcomes says what to give", async () => {
  await using world = await createWorld();
  for (const days of [0, 1.5, "a", [], [365, -1], Array.from({ length: 11 }, (_, at) => at + 1)]) {
    const { status, body } = await upload(world, { within_days: days });
    assert.equal(status, 400);
    assert.match(body.detail, /truth\.within_days/, JSON.stringify(body));
  }
  const bare = {
    list: "exam_id,left_malignant,right_malignant\na,1,0\nb,0,0\n",
    predictions: "exam_id,left_malignant,right_malignant\na,0.5,0.1\nb,0.2,0.1\n",
  };
  const { status, body } = await upload(world, { within_days: 365 }, {}, bare);
  assert.equal(status, 400);
  assert.equal(body.errors[0].code, "outcomes_missing");
  assert.match(body.errors[0].message, /give cancer_after_days/);
});

Deno.test("outcomes and reads in tables beside the list give the same score and simulation as in the list", async () => {
  await using world = await createWorld();
  const given = outcomesUpload();
  const truth = { within_days: 730 };
  const ids = given.list.trim().split("\n").slice(1).map((line) => line.split(",")[0]!);
  const reads = "exam_id,reader,recall,order\n" +
    ids.map((id, at) =>
      `${id},Ann,${at % 3 === 0 ? 1 : 0},1\n${id},Bob,${at % 4 === 0 ? 1 : 0},2\n`
    )
      .reverse().join("");
  const bare = { ...given, list: `exam_id,stratum\n${ids.map((id) => `${id},x`).join("\n")}\n` };
  const sent = (tables: Record<string, string>, list = bare): ReturnType<typeof upload> =>
    upload(
      world,
      truth,
      Object.fromEntries(
        Object.entries(tables).map(([name, text]) => [name, new File([text], "t.csv")]),
      ) as unknown as Record<string, string>,
      list,
    );
  const [whole, joined] = [await upload(world, truth), await sent({ reads, outcomes: given.list })];
  assert.equal(joined.status, 201, JSON.stringify(joined.body).slice(0, 500));
  assert.notEqual(joined.body.id, whole.body.id);
  const { plots: _plots, ...level } = joined.body.levels.breast;
  const { plots: _others, ...expected } = whole.body.levels.breast;
  assert.deepEqual(level, expected);
  assert.equal((await sent({ reads, outcomes: given.list })).status, 200, "the same upload again");
  const simulated = await sendJson(world.app, "POST", "/v1/screening-simulations", {
    score: joined.body.id,
    arbitration: "recall_if_either",
    bootstrap: false,
    pathways: [{ kind: "rule_in", threshold: 0.5 }],
  });
  // The first exam was recalled by both readers, and the second by none; others lack a third read.
  assert.equal(simulated.status, 400);
  assert.equal(simulated.body.errors[0].field, "consensus_recall");
  const outcomes = given.list.trim().split("\n").map((line, at) =>
    `${line},${at === 0 ? "consensus_recall" : at % 2}`
  ).join("\n");
  const full = await sent({ reads, outcomes: `${outcomes}\n` });
  assert.equal(full.status, 201, JSON.stringify(full.body).slice(0, 300));
  const { body, status } = await sendJson(world.app, "POST", "/v1/screening-simulations", {
    score: full.body.id,
    pathways: [{ kind: "rule_in", threshold: 0.5 }],
  });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  assert.equal(body.baseline.reads, 2 * body.baseline.exams);
  const twice = await sent({ outcomes: given.list }, given);
  assert.equal(twice.status, 422);
  assert.match(JSON.stringify(twice.body.errors[0]), /in the data list too/);
  assert.ok(twice.body.errors.every(({ exam, row }: Json) => exam !== null && row > 1));
});
