import assert from "node:assert/strict";
import { golden, near } from "../../../tests/support/golden_data.ts";
import { goldenScreening } from "../../../tests/support/scoring/golden_screening.ts";
import { askApp, createWorld, postForm, sendJson } from "../../../tests/support/scoring/world.ts";

Deno.test("golden exams from CSV to the simulation and its page, and who may have them", async (t) => {
  await using world = await createWorld();
  const { app } = world;
  const { list, predictions } = goldenScreening();
  const scored = await postForm(app, "/v1/scores", {
    data_list: new File([list], "list.csv"),
    predictions: new File([predictions], "predictions.csv"),
    bootstrap: "false",
    subgroups: "false",
  });
  assert.equal(scored.status, 201, JSON.stringify(scored.body).slice(0, 500));
  const score = scored.body.id;
  const simulate = (request: Record<string, unknown>): ReturnType<typeof sendJson> =>
    sendJson(app, "POST", "/v1/screening-simulations", {
      score,
      bootstrap: { replicates: 400 },
      ...request,
    });
  // deno-lint-ignore no-explicit-any
  const expected = golden("screening/expected.json") as any;

  await t.step("counts and measures are the golden ones", async () => {
    const { status, body } = await simulate({
      margin: { sensitivity: 0.05 },
      pathways: [
        { kind: "replace_second_reader", threshold: 0.5 },
        { kind: "rule_out", threshold: { value: 0.2 } },
        { kind: "band_pass", low: 0.25, high: 0.5 },
      ],
      sweep: { kind: "rule_out", thresholds: [0.2, 0.5] },
      subgroups: ["manufacturer"],
      volume: 50_000,
      cost_per_read: 10,
    });
    assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
    const { baseline, pathways, sweep } = body;
    const today = expected.today.recorded;
    assert.deepEqual([
      baseline.reads,
      baseline.recalls,
      baseline.true_positives,
      baseline.arbitrations,
    ], [
      today.reads,
      today.recalls,
      today.true_positives,
      today.third_reads,
    ]);
    near(baseline.specificity.value, today.specificity);
    const [second, out, band] = pathways;
    const ofSecond = expected.replace_second_reader.find(({ threshold }: { threshold: number }) =>
      threshold === 0.5
    );
    assert.equal(second.reads, ofSecond.reads);
    assert.equal(second.arbitrations_without_record, ofSecond.arbitrations_lacking);
    assert.equal(second.recalls, ofSecond.recorded_consensus.recalls);
    const ofOut = expected.rule_out.find(({ threshold }: { threshold: number }) =>
      threshold === 0.2
    );
    assert.equal(out.found_today_now_missed, ofOut.cancers_found_today_now_missed);
    assert.equal(out.bands[0].exams, ofOut.ruled_out);
    near(out.workload_saved.value, ofOut.workload_saved);
    assert.deepEqual(sweep.points[0].recalls, ofOut.recalls);
    const ofBand = expected.band_pass.find(({ low }: { low: number }) => low === 0.25);
    assert.equal(band.recalls, ofBand.recalls);
    assert.equal(band.interval_cancers_found, ofBand.interval_found);
    assert.equal(out.verdict.measure, "sensitivity");
    const sum = out.subgroups.reduce(
      (all: number, one: { recalls: number }) => all + one.recalls,
      0,
    );
    assert.equal(sum, out.recalls);
    near(out.cost.saved, out.per_100000.reads_saved / 2 * 10);
  });

  await t.step("a threshold chosen on some women is reported on the others", async () => {
    const target = { specificity: 0.9 };
    const { body } = await simulate({
      pathways: [
        { kind: "rule_out", threshold: { target, tune: { share: 0.4, seed: 3 } } },
        { kind: "rule_out", threshold: { target, tune: { cross_fit: 4 } } },
        { kind: "rule_out", threshold: { target, tune: { score } } },
        { kind: "rule_in", threshold: { target: { readers_recall: true }, tune: { score } } },
      ],
    });
    const [share, fitted, other] = body.pathways;
    const [chosen] = share.chosen;
    assert.equal(chosen.chosen_on.exams, Math.round(0.4 * 4669));
    assert.equal(share.exams, 4669 - chosen.chosen_on.exams);
    assert.ok(chosen.specificity_to_expect[0] < 0.91 && chosen.specificity_to_expect[1] > 0.89);
    assert.equal(fitted.exams, 4669);
    assert.equal(fitted.chosen.length, 4);
    assert.equal(other.exams, 4669);
  });

  await t.step("what cannot be simulated is named", async () => {
    const horizon = await simulate({
      pathways: [{ kind: "rule_out", threshold: 0.2 }],
      truth: { within_days: 365 },
    });
    // Detection without days is positive at every horizon. Nobody was followed: no exam is
    // negative.
    assert.equal(horizon.body.baseline.exams, 49);
    const low = await simulate({ pathways: [{ kind: "band_pass", low: 0.5, high: 0.2 }] });
    assert.equal(low.status, 400);
    assert.equal(low.body.errors[0].field, "pathways.0");
    const nobody = { target: { sensitivity: 0.9 }, tune: { share: 0.0001, seed: 1 } };
    const untuned = await simulate({
      pathways: [{ kind: "rule_out", threshold: 0.2 }, { kind: "band_pass", low: 0, high: nobody }],
    });
    assert.equal(untuned.body.errors[0].field, "pathways.1.high");
    const missing = await simulate({
      pathways: [{ kind: "triage", threshold: 0.2, single_reader: 3 }],
    });
    assert.equal(missing.status, 400);
    const unread = await postForm(app, "/v1/scores", {
      data_list: new File([
        "exam_id,malignant\na,1\nb,0\n".replace("malignant", "left_malignant,right_malignant")
          .replace("a,1", "a,1,0").replace("b,0", "b,0,0"),
      ], "list.csv"),
      predictions: new File(
        ["exam_id,left_malignant,right_malignant\na,0.5,0.1\nb,0.2,0.1\n"],
        "p.csv",
      ),
      bootstrap: "false",
    });
    const refused = await sendJson(app, "POST", "/v1/screening-simulations", {
      score: unread.body.id,
      pathways: [{ kind: "triage", threshold: 0.2 }],
    });
    assert.equal(refused.status, 400);
    assert.equal(refused.body.errors[0].exam, "a");
    assert.match(refused.body.errors[0].message, /no read of order 1/);
  });

  await t.step(
    "the page has every pathway, a form, and a policy that names its script",
    async () => {
      const response = await askApp(app, `/screening-simulations?score=${score}&threshold=0.5`);
      const page = await response.text();
      assert.equal(response.status, 200, page.slice(0, 500));
      for (
        const text of [
          "Replace the second reader",
          "Third reader",
          "Rule out unread",
          'type="range"',
        ]
      ) {
        assert.ok(page.includes(text), text);
      }
      assert.match(response.headers.get("content-security-policy")!, /script-src 'self' 'sha256-/);
      assert.doesNotMatch(page, /NaN|undefined/);
      const report = await (await askApp(app, `/reports/${score}`)).text();
      assert.ok(report.includes(`/screening-simulations?score=${score}`));
    },
  );

  await t.step("nobody else learns anything", async () => {
    for (const role of ["read", "submit"]) {
      const headers = { "x-mammoeval-user": "eve", "x-mammoeval-role": role };
      const response = await app.request("/v1/screening-simulations", {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ score, pathways: [{ kind: "rule_out", threshold: 0.2 }] }),
      });
      assert.equal(response.status, 403);
      const page = await app.request(`/screening-simulations?score=${score}`, { headers });
      assert.equal(page.status, 403);
    }
  });
});

Deno.test("a simulation needs neither images nor scores of breasts: exam_id,malignant and a list of reads and outcomes", async () => {
  await using world = await createWorld();
  const upload = async (
    list: string,
    predictions: string,
    further: Record<string, string> = {},
  ): Promise<string> => {
    const { status, body } = await postForm(world.app, "/v1/scores", {
      data_list: new File([list], "list.csv"),
      predictions: new File([predictions], "predictions.csv"),
      bootstrap: "false",
      subgroups: "false",
      ...further,
    });
    assert.equal(status, 201, JSON.stringify(body).slice(0, 500));
    return body.id;
  };
  const simulate = async (score: string, further = {}): Promise<[unknown, unknown]> => {
    const { status, body } = await sendJson(world.app, "POST", "/v1/screening-simulations", {
      score,
      bootstrap: false,
      pathways: [{ kind: "replace_second_reader", threshold: 0.5 }, {
        kind: "rule_out",
        threshold: 0.2,
      }],
      ...further,
    });
    assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
    return [body.baseline, body.pathways];
  };
  const { list, predictions } = goldenScreening(300);
  const ofExams = predictions.replace("left_malignant,right_malignant", "malignant")
    .replaceAll(
      /^([^,\n]+,[^,\n]+),[^,\n]+$/gm,
      (row, kept) => row.startsWith("exam_id") ? row : kept,
    );
  assert.match(ofExams, /^exam_id,malignant\n[^,\n]+,[^,\n]+\n/);
  const [breasts, exams] = [await upload(list, predictions), await upload(list, ofExams)];
  assert.deepEqual(await simulate(exams), await simulate(breasts));

  // No labels either: the outcomes say which exams are cancers.
  const rows = [
    "exam_id,cancer_after_days,detection,followed_days,recall_1,recall_2,consensus_recall",
  ];
  const scores = ["exam_id,malignant"];
  for (let at = 0; at < 40; at++) {
    const found = at % 8 === 0 ? `${at * 10 + 1},${at % 16 === 0 ? "screen" : "interval"}` : ",";
    const recall = at % 16 === 0 ? 1 : 0;
    rows.push(`w${at},${found},900,${recall},${at % 5 === 0 ? 1 : recall},${recall}`);
    scores.push(`w${at},${at % 8 === 0 ? 0.7 : at / 100}`);
  }
  const truth = { within_days: 730 };
  const unlabelled = await upload(rows.join("\n") + "\n", scores.join("\n") + "\n", {
    truth: JSON.stringify(truth),
  });
  const [today] = await simulate(unlabelled, { truth }) as [Record<string, number>, unknown];
  assert.deepEqual([today["exams"], today["cancers"], today["recalls"]], [40, 5, 3]);
});
