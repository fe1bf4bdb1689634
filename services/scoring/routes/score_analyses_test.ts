import assert from "node:assert/strict";
import { golden, near, rowsOfGolden } from "../../../tests/support/golden_data.ts";
import {
  createWorld,
  type Json,
  postForm,
  sendJson,
  type World,
} from "../../../tests/support/scoring/world.ts";

/** Uploads exams without images, and returns the id of the score. */
async function scoreOf(
  { app }: World,
  list: readonly (readonly unknown[])[],
  predictions: readonly (readonly unknown[])[],
  further: Record<string, string> = {},
): Promise<string> {
  const csv = (rows: readonly (readonly unknown[])[]): string =>
    rows.map((row) => row.join()).join("\n") + "\n";
  const { status, body } = await postForm(app, "/v1/scores", {
    data_list: new File([csv(list)], "list.csv"),
    predictions: new File([csv(predictions)], "predictions.csv"),
    bootstrap: "false",
    subgroups: "false",
    ...further,
  });
  assert.equal(status, 201, JSON.stringify(body).slice(0, 500));
  return body.id;
}

async function scoreExams(
  world: World,
  rows: readonly { truth: string; score: string; [key: string]: string }[],
  keys: readonly string[] = [],
): Promise<string> {
  return await scoreOf(
    world,
    [
      ["exam_id", "left_malignant", "right_malignant", ...keys],
      ...rows.map((row, at) => [`e${at}`, row.truth, 0, ...keys.map((key) => row[key])]),
    ],
    [["exam_id", "malignant"], ...rows.map(({ score }, at) => [`e${at}`, score])],
  );
}

async function analyse(
  { app }: World,
  score: string,
  request: Record<string, unknown>,
): Promise<Json> {
  const { status, body } = await sendJson(app, "POST", "/v1/score-analyses", { score, ...request });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
  return body.results[0];
}

function nearPair(ours: readonly number[] | null, low: number, high: number, what: string): void {
  near(ours?.[0] ?? null, low, `${what}, lower`);
  near(ours?.[1] ?? null, high, `${what}, upper`);
}

Deno.test("weights: the golden values of R's survey in three designs, and of scikit-learn", async () => {
  await using world = await createWorld();
  const expected = golden("weights/expected.json") as Json;
  const rows = rowsOfGolden("weights/sample.csv").map((row) => ({
    ...row,
    truth: row["truth"]!,
    score: row["score"]!,
    patient_id: row["woman"]!,
  }));
  const score = await scoreExams(world, rows, ["patient_id", "stratum", "weight"]);
  const designs = {
    strata_only: { clustered: false },
    strata_and_women: {},
    weights_only: { clustered: false, stratified: false },
  };
  for (const [name, design] of Object.entries(designs)) {
    const of = expected[name];
    const result = await analyse(world, score, {
      ...design,
      thresholds: [0.5],
      net_benefit: { thresholds: [0.02, 0.05, 0.1, 0.5] },
      partial_auc: [{ focus: "specificity", from: 0.9, to: 1 }],
    });
    assert.equal(result.design.df, of.df);
    const estimate = (ours: Json, theirs: Json, what: string): void => {
      near(ours.value, theirs.estimate, `${name} ${what}`);
      near(ours.se, theirs.se, `${name} ${what} se`);
      if (theirs.wald_low !== undefined) nearPair(ours.ci, theirs.wald_low, theirs.wald_high, what);
    };
    const [point] = result.thresholds;
    for (const measure of ["recall_rate", "sensitivity", "specificity", "ppv"]) {
      const { svyciprop } = of[measure];
      estimate(point[measure], of[measure], measure);
      for (const [ci, kind] of [["ci_t", "mean"], ["ci_logit", "xlogit"], ["ci_beta", "beta"]]) {
        const { low, high } = svyciprop[kind!];
        nearPair(point[measure][ci!], low, high, `${name} ${measure} ${kind}`);
      }
    }
    for (const measure of ["ppv", "sensitivity"]) {
      const { low, high } = of[`${measure}_svyratio`];
      nearPair(point[measure].ci, low, high, measure);
    }
    estimate(point.detection_per_1000, of.cancers_per_1000, "detection");
    estimate(result.prevalence, of.prevalence, "prevalence");
    for (const measure of ["brier", "log_loss", "observed_over_expected"]) {
      estimate(result[measure], of[measure], measure);
    }
    // R's regression stops at a relative change of the deviance below 1e-8, and its standard error
    // comes from the step before.
    const fitted = (ours: Json, theirs: number, error: number, what: string): void => {
      assert.ok(Math.abs(ours.value / theirs - 1) < 1e-8, `${name} ${what}: ${ours.value}`);
      assert.ok(Math.abs(ours.se / error - 1) < 1e-5, `${name} ${what}: ${ours.se} ${error}`);
    };
    const { estimate: level, se: levelError } = of.calibration_in_the_large;
    fitted(result.in_the_large, level, levelError, "in the large");
    for (const measure of ["intercept", "slope"]) {
      const { [measure]: value, [`${measure}_se`]: error } = of.calibration;
      fitted(result[measure], value, error, measure);
    }
    near(result.auroc.value, of.auroc.estimate);
    near(result.auroc.se, of.auroc.se_linearised);
    near(result.auroc.se_jackknife, of.auroc.se_jackknife_JKn);
    nearPair(result.auroc.ci, of.auroc.low, of.auroc.high, "auroc");
    nearPair(result.auroc.ci_logit, of.auroc.logit_low, of.auroc.logit_high, "auroc logit");
    near(result.average_precision.value, of.average_precision.estimate);
    near(result.average_precision.se_jackknife, of.average_precision.se_jackknife_JKn);
    for (const { threshold, model } of result.net_benefit) {
      near(model.net_benefit, of.net_benefit[threshold].estimate, `net benefit ${threshold}`);
      near(model.se, of.net_benefit[threshold].se, `net benefit ${threshold} se`);
    }
    const { sklearn } = expected;
    near(result.auprc.value, sklearn.auprc_trapezoid);
    near(point.npv.value, sklearn.npv);
    assert.deepEqual([point.sensitivity.count, point.specificity.count], [
      sklearn.confusion.tp,
      sklearn.confusion.tn,
    ]);
    near(result.partial_auc[0].corrected, sklearn.partial_auc_max_fpr_0_1_mcclish);
  }
  const plain = await analyse(world, score, { weighted: false, thresholds: [0.5] });
  for (const measure of ["auroc", "average_precision", "brier"]) {
    near(plain[measure].value, expected.unweighted[measure]);
  }
  near(plain.thresholds[0].specificity.value, expected.unweighted.specificity);
});

Deno.test("net benefit: the golden values of dcurves, with and without a stated prevalence", async () => {
  await using world = await createWorld();
  const expected = golden("netbenefit/expected.json") as Json;
  const check = async (
    score: string,
    curves: Json,
    model: string,
    prevalence: number | null,
  ): Promise<Json> => {
    const thresholds = curves[model].map((point: Json) => point.threshold);
    const { net_benefit } = await analyse(world, score, {
      net_benefit: { thresholds, prevalence },
    });
    for (const [at, ours] of net_benefit.entries()) {
      for (const [name, theirs] of [["model", curves[model][at]], ["all", curves.all[at]]]) {
        const { true_positive_rate, false_positive_rate, net_benefit: benefit } = ours[name];
        near(true_positive_rate, theirs.tp_rate, `${name} ${theirs.threshold}`);
        near(false_positive_rate, theirs.fp_rate, `${name} ${theirs.threshold}`);
        near(benefit, theirs.net_benefit, `${name} ${theirs.threshold}`);
      }
      assert.equal(ours.none.net_benefit, curves.none[at].net_benefit);
    }
    return net_benefit;
  };
  const binary = rowsOfGolden("netbenefit/df_binary.csv").map((row) => ({
    truth: row["cancer"]!,
    score: row["cancerpredmarker"]!,
    famhistory: row["famhistory"]!,
  }));
  const score = await scoreExams(world, binary);
  await check(score, expected.df_binary, "cancerpredmarker", null);
  const { net_benefit } = await analyse(world, score, {
    net_benefit: { thresholds: [0.1, 0.25] },
  });
  for (const [at, { model }] of net_benefit.entries()) {
    near(model.standardized, expected.standardized[at].value);
    near(
      model.interventions_avoided_per_100,
      expected.net_intervention_avoided_per_100[at].value,
    );
  }
  const family = await scoreExams(
    world,
    binary.map(({ truth, famhistory }) => ({ truth, score: famhistory })),
  );
  await check(family, expected.df_binary_famhistory, "famhistory", null);
  const { net_benefit: [first] } = await analyse(world, family, {
    net_benefit: { thresholds: [0] },
  });
  const printed = expected.printed_in_dcurves_tests.df_binary_famhistory_threshold_0;
  near(first.all.net_benefit, printed[0]);
  near(first.model.net_benefit, printed[2]);
  const controls = await scoreExams(
    world,
    rowsOfGolden("netbenefit/df_case_control.csv").map((row) => ({
      truth: row["casecontrol"]!,
      score: row["cancerpredmarker"]!,
    })),
  );
  for (const [name, prevalence] of [["0_15", 0.15], ["0_006", 0.006]] as const) {
    const curves = expected[`df_case_control_prevalence_${name}`];
    await check(controls, curves, "cancerpredmarker", prevalence);
  }
  await check(controls, expected.df_case_control_no_prevalence, "cancerpredmarker", null);
  const boundary = await scoreExams(
    world,
    expected.boundary.data.map(({ y, p }: Json) => ({ truth: String(y), score: String(p) })),
  );
  await check(boundary, expected.boundary.thresholds_0_2_0_3, "p", null);
});

Deno.test("net benefit of censored exams: the golden values of dcurves, also where nobody was observed so long", async () => {
  await using world = await createWorld();
  const expected = golden("netbenefit/expected.json") as Json;
  const rows = rowsOfGolden("netbenefit/df_surv.csv");
  // Days are whole: the order of the times alone counts, and none lies between a horizon and its rank.
  const times = rows.map((row) => Number(row["ttcancer"])).sort((a, b) => a - b);
  const rank = (time: number): number => times.filter((one) => one <= time).length;
  const list = rows.map((row, at) => {
    const days = rank(Number(row["ttcancer"]));
    return row["cancer"] === "1" ? [`e${at}`, days, days] : [`e${at}`, "", days];
  });
  const score = await scoreOf(
    world,
    [["exam_id", "cancer_after_days", "followed_days"], ...list],
    [
      ["exam_id", "malignant"],
      ...rows.map((row, at) => [`e${at}`, row["cancerpredmarker"]]),
    ],
  );
  for (const [name, time] of [["1", 1], ["1_5", 1.5]] as const) {
    const curves = expected[`df_surv_time_${name}`];
    const thresholds = curves.all.map(({ threshold }: Json) => threshold);
    const censoring = "kaplan_meier";
    const { net_benefit } = await analyse(world, score, {
      truth: { within_days: rank(time) },
      net_benefit: { thresholds, censoring },
    });
    for (const [at, ours] of net_benefit.entries()) {
      for (const [row, of] of [["cancerpredmarker", "model"], ["all", "all"]] as const) {
        const { tp_rate, fp_rate, net_benefit: benefit } = curves[row][at];
        const found = ours[of];
        if (benefit === null) {
          assert.deepEqual([found.net_benefit, found.se, found.ci], [null, null, null]);
          continue;
        }
        near(found.true_positive_rate, tp_rate);
        near(found.false_positive_rate, fp_rate);
        near(found.net_benefit, benefit, `${name} ${row} ${thresholds[at]}`);
      }
    }
  }
  // Where everybody was followed, it is the plain net benefit with its standard error.
  const truth = { within_days: 1 };
  const asked = { thresholds: [0.02, 0.2] };
  const plain = await analyse(world, score, { truth, net_benefit: asked });
  const censored = await analyse(world, score, {
    truth,
    net_benefit: { ...asked, censoring: "kaplan_meier" },
  });
  for (const [at, { model, all }] of plain.net_benefit.entries()) {
    const ours = censored.net_benefit[at];
    for (const [one, other] of [[ours.model, model], [ours.all, all]]) {
      for (const key of ["net_benefit", "se", "true_positive_rate", "false_positive_rate"]) {
        near(one[key], other[key], key);
      }
    }
  }
  for (
    const [request, field] of [
      [{ net_benefit: { ...asked, censoring: "kaplan_meier" } }, "net_benefit.censoring"],
      [
        { truth, net_benefit: { ...asked, censoring: "kaplan_meier", prevalence: 0.1 } },
        "net_benefit.prevalence",
      ],
    ] as const
  ) {
    const { status, body } = await sendJson(world.app, "POST", "/v1/score-analyses", {
      score,
      ...request,
    });
    assert.equal(status, 400);
    assert.equal(body.errors[0].field, field);
  }
});

Deno.test("partial AUC and chosen thresholds: the golden values of pROC and R on the seeded sample", async () => {
  await using world = await createWorld();
  const { seeded } = golden("pauc/expected.json") as Json;
  const rows = rowsOfGolden("thresholds/seeded.csv").map((row) => ({
    truth: row["truth"]!,
    score: row["score"]!,
  }));
  const score = await scoreExams(world, rows);
  const bands = seeded.partial.map(({ focus, from, to }: Json) => ({ focus, from, to }));
  const { auroc, partial_auc } = await analyse(world, score, { partial_auc: bands });
  near(auroc.value, seeded.auc);
  for (const [at, { raw, corrected }] of seeded.partial.entries()) {
    near(partial_auc[at].raw, raw);
    near(partial_auc[at].corrected, corrected);
  }
  const { step, point } = (golden("thresholds/expected.json") as Json).seeded;
  for (const [focus, at] of [["sensitivity", "spec_at_sens"], ["specificity", "sens_at_spec"]]) {
    const { partial_auc: parts } = await analyse(world, score, {
      partial_auc: point[at!].map((one: Json) => ({ focus, from: one.at, to: 1 })),
    });
    for (const [index, one] of point[at!].entries()) near(parts[index].at_from, one.value);
  }
  for (const focus of ["sensitivity", "specificity"]) {
    const { thresholds } = await analyse(world, score, {
      thresholds: step[focus].map(({ at }: Json) => ({
        target: { [focus]: at },
        tune: { score },
      })),
    });
    for (const [at, theirs] of step[focus].entries()) {
      near(thresholds[at].threshold, theirs.threshold);
      near(thresholds[at].sensitivity.value, theirs.sensitivity);
      near(thresholds[at].specificity.value, theirs.specificity);
    }
  }
});

Deno.test("tolerance of the specificity: the golden beta limits, from healthy exams below a threshold", async () => {
  await using world = await createWorld();
  const { cases } = (golden("thresholds/expected.json") as Json).beta_tolerance;
  const bySize = Map.groupBy(cases as Json[], ({ n }) => n);
  for (const [n, of] of bySize) {
    if (n > 1000) continue;
    const healthy = Array.from({ length: n }, (_, at) => ({ truth: "0", score: `${at / n}` }));
    const score = await scoreExams(world, [...healthy, { truth: "1", score: "0.99999" }]);
    for (const theirs of of) {
      const { target, p } = theirs.prob_at_least_target;
      const { thresholds } = await analyse(world, score, {
        confidence: theirs.confidence,
        thresholds: [{ target: { specificity: theirs.k / n }, tune: { score } }],
      });
      const { tolerance } = thresholds[0].chosen[0];
      assert.deepEqual([tolerance.of, tolerance.below], [n, theirs.k]);
      for (const name of ["low", "median", "high", "mean", "one_sided_low"]) {
        near(tolerance[name], theirs[name], `${n} ${theirs.k} ${name}`);
      }
      if (target === theirs.k / n) near(tolerance.reaches_target, p);
    }
  }
});

Deno.test("an exam without a weight among weighted ones is named wherever weights count", async () => {
  await using world = await createWorld();
  const rows = Array.from({ length: 12 }, (_, at) => ({
    truth: String(at % 2),
    score: String(((at * 5) % 12) / 12),
    recall_1: String(at % 2),
    recall_2: "0",
    consensus_recall: String(at % 2),
    weight: at === 3 || at === 7 ? "" : "2.5",
  }));
  const keys = ["recall_1", "recall_2", "consensus_recall", "weight"];
  const score = await scoreExams(world, rows, keys);
  const requests: Record<string, Record<string, unknown>> = {
    "/v1/score-analyses": { thresholds: [0.5] },
    "/v1/paired-decisions": {
      comparisons: [{ first: { threshold: 0.5 }, second: { consensus: true } }],
    },
    "/v1/screening-simulations": { pathways: [{ kind: "rule_out", threshold: 0.2 }] },
  };
  for (const [path, request] of Object.entries(requests)) {
    const send = (further = {}): ReturnType<typeof sendJson> =>
      sendJson(world.app, "POST", path, { score, ...request, ...further });
    const { status, body } = await send();
    assert.equal(status, 400, path);
    const faults = body.errors.map(({ exam, field, code }: Json) => [exam, field, code]);
    assert.deepEqual(faults, ["e3", "e7"].map((exam) => [exam, "weight", "weight_missing"]));
    assert.match(body.detail, /Exam e3 has no weight/);
    const unweighted = await send({ weighted: false });
    assert.equal(unweighted.status, 200, JSON.stringify(unweighted.body).slice(0, 300));
  }
});

Deno.test("what cannot be analysed or compared is refused with the field, and nothing is a fault of the service", async () => {
  await using world = await createWorld();
  const rows = Array.from({ length: 20 }, (_, at) => ({
    truth: String(at % 2),
    score: String(((at * 7) % 20) / 20),
    cancer_after_days: at % 2 === 1 ? "30" : "",
    followed_days: "900",
  }));
  const list = [
    ["exam_id", "cancer_after_days", "followed_days", "left_malignant", "right_malignant"],
    ...rows.map((row, at) => [`e${at}`, row.cancer_after_days, row.followed_days, row.truth, 0]),
  ];
  const breasts = await scoreOf(world, list, [
    ["exam_id", "left_malignant", "right_malignant"],
    ...rows.map(({ score }, at) => [`e${at}`, score, 0.1]),
  ]);
  const others = await scoreExams(
    world,
    rows.slice(0, 12).map((row) => ({ ...row, score: "0.5" })),
  );
  const flipped = await scoreExams(
    world,
    rows.map((row) => ({ ...row, truth: row.truth === "1" ? "0" : "1" })),
  );
  const model = { threshold: 0.5 };
  const [analyses, paired] = ["/v1/score-analyses", "/v1/paired-decisions"];
  const tuned = (target: Json) => ({ target, tune: { share: 0.5 } });
  const unknown = "00000000-0000-4000-8000-000000000000";
  const cases: [string, Record<string, unknown>, number, RegExp][] = [
    [analyses, { level: "breast", truth: { within_days: 365 } }, 400, /side of the cancer.* e1 /],
    [analyses, { truth: { within_days: 5000 }, thresholds: [0.5] }, 200, /"count":10,/],
    [analyses, { thresholds: [tuned({ readers_recall: true })] }, 400, /no exam has reads/],
    [analyses, { thresholds: [tuned({ sensitivity: 0.9, specificity: 0.9 })] }, 400, /thresholds/],
    [
      analyses,
      { thresholds: [{ target: { sensitivity: 2 }, tune: { share: 0.5 } }] },
      400,
      /thresh/,
    ],
    [
      analyses,
      { thresholds: [{ target: { sensitivity: 1 }, tune: { score: unknown } }] },
      404,
      /./,
    ],
    [analyses, { thresholds: new Array(1001).fill(0.5) }, 400, /thresholds/],
    [analyses, { net_benefit: { thresholds: [1] } }, 400, /net_benefit/],
    [analyses, { partial_auc: [{ focus: "specificity", from: 1, to: 0.9 }] }, 400, /from/],
    [analyses, { confidence: 1 }, 400, /confidence/],
    [analyses, { level: "image" }, 400, /image/],
    [analyses, { wieghted: true }, 400, /wieghted/],
    [paired, { comparisons: [] }, 400, /comparisons/],
    [paired, { comparisons: [{ first: model, second: { read: 0 } }] }, 400, /comparisons/],
    [paired, { comparisons: [{ first: model, second: { read: 1 } }] }, 400, /both decisions/],
    [paired, { comparisons: [{ first: model, second: { consensus: false } }] }, 400, /second/],
    [paired, { comparisons: [{ first: model, second: { threshold: null } }] }, 400, /second/],
    [
      paired,
      { comparisons: [{ first: model, second: model }], margin: { sensitivity: 0 } },
      400,
      /mar/,
    ],
    [
      paired,
      { comparisons: [{ first: model, second: { ...model, score: others } }] },
      400,
      /no exam e/,
    ],
    [
      paired,
      { comparisons: [{ first: model, second: { ...model, score: flipped } }] },
      400,
      /truth of/,
    ],
    [paired, { comparisons: [{ first: model, second: { ...model, score: unknown } }] }, 404, /./],
    [
      paired,
      { comparisons: [{ first: model, second: { threshold: tuned({ readers_recall: true }) } }] },
      400,
      /no exam has reads/,
    ],
    [paired, { comparisons: [{ first: model, second: model }] }, 200, /"discordant_total":0/],
  ];
  for (const [path, request, expected, text] of cases) {
    const answer = await sendJson(world.app, "POST", path, { score: breasts, ...request });
    const said = JSON.stringify(answer.body);
    assert.equal(
      answer.status,
      expected,
      `${JSON.stringify(request).slice(0, 200)} ${said.slice(0, 400)}`,
    );
    assert.match(said, text);
    if (expected === 400) {
      for (const { field } of answer.body.errors) assert.ok(field, `a field in ${said}`);
    }
  }
});

Deno.test("a recalibration that cannot be fitted is undefined with the reason, and the rest is measured", async () => {
  await using world = await createWorld();
  const rows = Array.from({ length: 40 }, (_, at) => ({
    truth: at < 20 ? "0" : "1",
    score: String((at + 1) / 50),
  }));
  const score = await scoreExams(world, rows);
  const certain = await scoreExams(
    world,
    rows.map(({ score }, at) => ({ truth: String(at % 2), score: at === 0 ? "0" : score })),
  );
  for (const [id, reason] of [[score, /do not overlap/], [certain, /no logit/]] as const) {
    const result = await analyse(world, id, {
      thresholds: [0.3],
      recalibration: { tune: { cross_fit: 2 } },
    });
    const [none, logistic, isotonic] = result.recalibration;
    assert.equal(logistic.brier.value, null);
    assert.match(logistic.slope.undefined, reason);
    assert.ok(none.brier.value > 0 && isotonic.brier.value !== null);
    assert.ok(result.auroc.value > 0.4 && result.thresholds[0].sensitivity.value > 0.5);
  }
});
