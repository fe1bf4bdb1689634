import assert from "node:assert/strict";
import { golden, near, rowsOfGolden } from "../../../tests/support/golden_data.ts";
import { goldenScreening } from "../../../tests/support/scoring/golden_screening.ts";
import {
  createWorld,
  type Json,
  postForm,
  sendJson,
  type World,
} from "../../../tests/support/scoring/world.ts";

/** A unit with its truth and two calls. */
interface Unit {
  readonly woman: string | number;
  readonly truth: 0 | 1;
  readonly first: number;
  readonly second: number;
}

async function upload({ app }: World, list: string, predictions: string): Promise<string> {
  const { status, body } = await postForm(app, "/v1/scores", {
    data_list: new File([list], "list.csv"),
    predictions: new File([predictions], "predictions.csv"),
    bootstrap: "false",
    subgroups: "false",
  });
  // Equal uploads have one score.
  assert.ok(status === 201 || status === 200, JSON.stringify(body).slice(0, 500));
  return body.id;
}

/** Uploads the first calls as one score and the second as another, and as recorded reads. */
async function uploadCalls(world: World, units: readonly Unit[]): Promise<[string, string]> {
  const list = ["exam_id,patient_id,left_malignant,right_malignant,recall_1,consensus_recall"];
  for (const [at, { woman, truth, second }] of units.entries()) {
    list.push(`e${at},w${woman},${truth},0,${second},${second}`);
  }
  const scores = (call: (unit: Unit) => number): string =>
    ["exam_id,malignant", ...units.map((unit, at) => `e${at},${call(unit)}`)].join("\n") + "\n";
  const text = list.join("\n") + "\n";
  return [
    await upload(world, text, scores(({ first }) => first)),
    await upload(world, text, scores(({ second }) => second)),
  ];
}

async function compare({ app }: World, request: Record<string, unknown>): Promise<Json> {
  const { status, body } = await sendJson(app, "POST", "/v1/paired-decisions", request);
  assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
  return body;
}

function nearPair(ours: readonly number[] | null, theirs: Json, what: string): void {
  near(ours?.[0] ?? null, theirs.low, `${what}, lower`);
  near(ours?.[1] ?? null, theirs.high, `${what}, upper`);
}

/** Units of a table of two decisions. */
function unitsOf(
  { both, first_only, second_only, neither }: Json,
  truth: 0 | 1,
  woman: number,
): Unit[] {
  const cells = [[both, 1, 1], [first_only, 1, 0], [second_only, 0, 1], [neither, 0, 0]];
  return cells.flatMap(([count, first, second]) =>
    Array.from({ length: count }, (_, at) => ({
      woman: `${woman}_${first}${second}_${at}`,
      truth,
      // Of exams without cancer a call is a false positive, and the share is the specificity.
      first: truth === 1 ? first : 1 - first,
      second: truth === 1 ? second : 1 - second,
    }))
  );
}

Deno.test("paired shares: every golden table, as sensitivity and as specificity", async () => {
  await using world = await createWorld();
  const { tables } = golden("paired/expected.json") as Json;
  for (const [at, table] of tables.entries()) {
    const isLarge = table.n > 1000;
    const units = [...isLarge ? [] : unitsOf(table, 1, 2 * at), ...unitsOf(table, 0, 2 * at + 1)];
    const [first, second] = await uploadCalls(world, units);
    for (const { margin, tango_z, tango_p, wald_z, wald_p } of table.noninferiority) {
      const { comparisons: [ours] } = await compare(world, {
        score: first,
        margin: { sensitivity: margin, specificity: margin },
        comparisons: [{ first: { threshold: 0.5 }, second: { score: second, threshold: 0.5 } }],
      });
      for (const measure of isLarge ? ["specificity"] : ["sensitivity", "specificity"]) {
        const pair = ours[measure];
        const what = `${table.name} ${measure}`;
        for (const cell of ["both", "first_only", "second_only", "neither"]) {
          assert.equal(pair[cell], table[cell], what);
        }
        near(pair.first, table.p1, what);
        near(pair.second, table.p2, what);
        near(pair.difference, table.difference, what);
        const { mcnemar } = pair;
        if (table.mcnemar_uncorrected !== null) {
          near(mcnemar.chi2, table.mcnemar_uncorrected.chi2, what);
          near(mcnemar.p, table.mcnemar_uncorrected.p, what);
          near(mcnemar.chi2_corrected, table.mcnemar_corrected.chi2, what);
          near(mcnemar.p_corrected, table.mcnemar_corrected.p, what);
        }
        near(mcnemar.exact_p, table.exact_p, what);
        near(mcnemar.mid_p, table.mid_p, what);
        near(pair.wald.se, table.wald.se, what);
        nearPair(pair.wald.ci, table.wald, `${what} wald`);
        nearPair(pair.newcombe, table.newcombe_method_10, `${what} newcombe`);
        const uncorrected = table.newcombe_method_10_uncorrected_phi;
        nearPair(pair.newcombe_uncorrected, uncorrected, `${what} uncorrected`);
        nearPair(pair.bonett_price, table.bonett_price, `${what} bonett`);
        nearPair(pair.tango, table.tango, `${what} tango`);
        const judged = pair.non_inferiority;
        near(judged.tango_z, tango_z, what);
        near(judged.tango_p, tango_p, what);
        if (wald_z !== null && pair.wald.se > 0) {
          near(judged.wald_z, wald_z, what);
          near(judged.wald_p, wald_p, what);
        }
      }
    }
  }
});

Deno.test("clustered shares: the golden values of Obuchowski's test", async () => {
  await using world = await createWorld();
  const expected = golden("paired/expected.json") as Json;
  const check = (pair: Json, theirs: Json): void => {
    assert.equal(pair.clustered.clusters, theirs.clusters);
    near(pair.first, theirs.p1);
    near(pair.second, theirs.p2);
    near(pair.difference, theirs.difference);
    near(pair.se, theirs.se);
    near(pair.z, theirs.z);
    nearPair(pair.ci, theirs, "interval");
    near(pair.clustered.chi2, theirs.null.chi2);
    near(pair.p, theirs.null.p);
    near(pair.mcnemar.chi2, theirs.clust_bin_pair.mcnemar);
  };
  const thyroids = rowsOfGolden("paired/thyroids.csv").map((row): Unit => ({
    woman: row["patient"]!,
    truth: 1,
    first: Number(row["pet"]),
    second: Number(row["spect"]),
  }));
  const breasts = rowsOfGolden("paired/breasts.csv").map((row): Unit => ({
    woman: row["woman"]!,
    truth: row["truth"] === "1" ? 1 : 0,
    first: Number(row["model"]),
    second: Number(row["reader"]),
  }));
  const [pet] = await uploadCalls(world, thyroids);
  const ofPatients = await compare(world, {
    score: pet,
    comparisons: [{ first: { threshold: 0.5 }, second: { read: 1 } }],
  });
  assert.equal(ofPatients.women, expected.thyroids.clusters);
  check(ofPatients.comparisons[0].sensitivity, expected.thyroids);
  const [model] = await uploadCalls(world, breasts);
  const ofWomen = await compare(world, {
    score: model,
    discordant: 3,
    comparisons: [
      { first: { threshold: 0.5 }, second: { read: 1 } },
      { first: { threshold: 0.5 }, second: { consensus: true } },
    ],
  });
  for (const pair of ofWomen.comparisons) {
    check(pair.sensitivity, expected.breasts.sensitivity);
    check(pair.specificity, expected.breasts.specificity);
    near(pair.sensitivity.p_holm, 2 * pair.sensitivity.p);
    assert.equal(pair.discordant.length, 3);
    const { first_only, second_only } = pair.recall_rate;
    assert.equal(pair.discordant_total, first_only + second_only);
    const [one] = pair.discordant;
    assert.notEqual(one.first, one.second);
    assert.equal(breasts[Number(one.exam.slice(1))]!.first, one.first);
  }
});

Deno.test("decisions that cannot be compared are named, and nobody else learns anything", async () => {
  await using world = await createWorld();
  const { list, predictions } = goldenScreening(60);
  const score = await upload(world, list, predictions);
  const ask = (request: Record<string, unknown>): ReturnType<typeof sendJson> =>
    sendJson(world.app, "POST", "/v1/paired-decisions", { score, ...request });
  const model = { threshold: 0.5 };
  const both = await ask({ comparisons: [{ first: model, second: { read: 3 } }] });
  assert.ok(both.status === 200 || /No exam has both/.test(both.body.detail), "third reads");
  const none = await ask({ comparisons: [{ first: model, second: { read: 9 } }] });
  assert.equal(none.status, 400);
  assert.match(none.body.detail, /No exam has both decisions/);
  const breast = await ask({
    level: "breast",
    comparisons: [{ first: model, second: { consensus: true } }],
  });
  assert.match(breast.body.detail, /level/);
  const wrong = await ask({ comparisons: [{ first: model, second: {} }] });
  assert.match(wrong.body.detail, /comparisons\.0\.second/);
  for (
    const [path, request] of [
      ["/v1/paired-decisions", { comparisons: [{ first: model, second: { read: 1 } }] }],
      ["/v1/score-analyses", { thresholds: [0.5] }],
    ] as const
  ) {
    for (const role of ["read", "submit"]) {
      const response = await world.app.request(path, {
        method: "POST",
        headers: {
          "x-mammoeval-user": "eve",
          "x-mammoeval-role": role,
          "content-type": "application/json",
        },
        body: JSON.stringify({ score, ...request }),
      });
      assert.equal(response.status, 403);
    }
  }
});

Deno.test("the pages about decisions show what the exams have, and nothing to others", async () => {
  await using world = await createWorld();
  const units = Array.from({ length: 60 }, (_, at): Unit => ({
    woman: at,
    truth: at % 3 === 0 ? 1 : 0,
    first: (at % 7) / 7,
    second: at % 4 === 0 ? 1 : 0,
  }));
  const [score, other] = await uploadCalls(world, units);
  const pageAt = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    await world.app.request(path, { headers });
  const paired = await (await pageAt(`/paired-decisions?score=${score}&threshold=0.4`)).text();
  assert.match(paired, /<h3>Model, 0\.4 and First reader<\/h3>/);
  assert.match(paired, /<h3>Model, 0\.4 and Consensus<\/h3>/);
  assert.doesNotMatch(paired, /Second reader|NaN|undefined</, "nobody read twice");
  const both = await (await pageAt(
    `/paired-decisions?score=${score}&threshold=0.4&other=${other}&other_threshold=1&margin=0.2`,
  )).text();
  assert.match(both, /and uploaded, 1<\/h3>/);
  assert.match(both, /Not worse by the margin/);
  const analysis = await (await pageAt(
    `/score-analyses?score=${score}&thresholds=0.25,0.5&specificity=0.8&recalibrate=yes`,
  )).text();
  for (const text of ["0.25", "chosen on other women", "Net benefit", "isotonic", "Partial AUC"]) {
    assert.ok(analysis.includes(text), text);
  }
  for (
    const path of [
      `/paired-decisions?score=${score}&threshold=&other=&other_threshold=&within_days=&margin=`,
      `/score-analyses?score=${score}&within_days=&thresholds=&specificity=&up_to=&prevalence=&recalibrate=`,
    ]
  ) assert.equal((await pageAt(path)).status, 200, "a form sends its empty fields too");
  for (const query of ["thresholds=a", "specificity=2", "within_days=365"]) {
    const answer = await pageAt(`/score-analyses?score=${score}&${query}`);
    assert.equal(answer.status, 400, query);
    assert.match((await answer.json()).detail, /thresholds|specificity|outcome/);
  }
  for (const path of ["/score-analyses", "/paired-decisions"]) {
    for (const role of ["read", "submit"]) {
      const eve = { "x-mammoeval-user": "eve", "x-mammoeval-role": role };
      assert.equal((await pageAt(`${path}?score=${score}`, eve)).status, 403, path);
    }
  }
});
