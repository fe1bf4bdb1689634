import assert from "node:assert/strict";
import { CALLER_HEADERS } from "../../../shared/http/mod.ts";
import {
  createWorld,
  type Json,
  listEntry,
  postForm,
  putDataset,
  putPredictions,
  sendJson,
  type World,
} from "../../../tests/support/scoring/world.ts";
import { stream } from "../statistics/mod.ts";

/** An exam as its list has it, and the score of each breast. */
interface Drawn {
  readonly exam: Record<string, unknown>;
  readonly woman: string;
  readonly site: string;
  readonly weight: number;
  readonly labels: readonly [0 | 1, 0 | 1];
  readonly scores: readonly [number, number];
  readonly recalls: readonly [0 | 1, 0 | 1];
}

/** Exams of women with one to three exams each, in two sites, with many tied scores. */
function drawExams(seed: number, exams = 160): Drawn[] {
  const random = stream(seed, 0);
  const share = (): number => random.uniform();
  return Array.from({ length: exams }, (_, at): Drawn => {
    const left = share() < 0.3 ? 1 : 0;
    const right = share() < 0.1 ? 1 : 0;
    const score = (label: number): number => Math.min(19, random.integer(15) + 5 * label) / 20;
    const woman = `w${random.integer(Math.ceil(0.6 * exams))}`;
    const site = random.integer(2) === 0 ? "north" : "south";
    const weight = 1 + random.integer(4);
    const recalls = [share() < 0.2 ? 1 : 0, share() < 0.3 ? 1 : 0] as const;
    const reads = recalls.map((recall, order) => ({
      reader: `r${order}`,
      recall,
      order: order + 1,
    }));
    return {
      ...{
        woman,
        site,
        weight,
        recalls,
        labels: [left, right],
        scores: [score(left), score(right)],
      },
      exam: listEntry(at, left, right, {
        patient_id: woman,
        site,
        weight,
        reads,
        consensus_recall: recalls[0],
      }),
    };
  });
}

function predictionsOf(drawn: readonly Drawn[]): string {
  const rows = drawn.map(({ scores }, at) => `exam${at},${scores.join()}`);
  return ["exam_id,left_malignant,right_malignant", ...rows].join("\n") + "\n";
}

async function upload(
  { app }: World,
  drawn: readonly Drawn[],
  points: readonly unknown[],
  further: Record<string, string> = {},
): ReturnType<typeof postForm> {
  return await postForm(app, "/v1/scores", {
    data_list: new File([JSON.stringify(drawn.map(({ exam }) => exam))], "list.json"),
    predictions: new File([predictionsOf(drawn)], "predictions.csv"),
    bootstrap: "false",
    subgroups: '["site"]',
    operating_points: JSON.stringify(points),
    ...further,
  });
}

const TARGETS = [
  { recall_rate: 0.35 },
  { specificity: 0.8 },
  { sensitivity: 0.7 },
  { readers_recall: true },
] as const;

type Samples = {
  readonly score: number;
  readonly label: number;
  readonly exam: number;
}[];

function samplesOf(drawn: readonly Drawn[], level: string): Samples {
  return drawn.flatMap(({ scores, labels }, exam) => {
    const of = { exam };
    if (level === "exam") {
      return [{ ...of, score: Math.max(...scores), label: Math.max(...labels) }];
    }
    return scores.map((score, side) => ({ ...of, score, label: labels[side]! }));
  });
}

/** Whether a threshold is the best one of a target on these samples, tried one by one. */
function isBest(target: Json, threshold: number, on: Samples, recallMax: number): boolean {
  const meets = (at: number): boolean => {
    const share = (of: Samples): number => of.filter(({ score }) => score >= at).length / of.length;
    if (target.sensitivity) {
      return share(on.filter(({ label }) => label === 1)) >= target.sensitivity - 1e-9;
    }
    if (target.specificity) {
      return 1 - share(on.filter(({ label }) => label === 0)) >= target.specificity - 1e-9;
    }
    const exams = new Set(on.map(({ exam }) => exam)).size;
    const called = new Set(on.filter(({ score }) => score >= at).map(({ exam }) => exam)).size;
    return called / exams <= recallMax + 1e-9;
  };
  const tried = [...new Set(on.map(({ score }) => score))].sort((a, b) => a - b).filter(meets);
  // A sensitivity wants the highest threshold, everything else the lowest.
  if (tried.length === 0) return threshold > Math.max(...on.map(({ score }) => score));
  return threshold === (target.sensitivity ? tried.at(-1)! : tried[0]!);
}

Deno.test("operating points: chosen on some women, each by the target's rule, and counted on the others alone", async () => {
  await using world = await createWorld();
  for (const seed of [1, 2, 3]) {
    const drawn = drawExams(seed);
    const other = drawExams(seed + 10);
    const { body: last } = await upload(world, other, []);
    const tunes = [
      { share: 0.4, seed },
      { share: 0.5, seed, stratify_by: "site" },
      { cross_fit: 3, seed },
      { score: last.id },
    ];
    const points = tunes.flatMap((tune) => TARGETS.map((target) => ({ target, tune })));
    const { status, body } = await upload(world, drawn, points);
    assert.equal(status, 201, JSON.stringify(body).slice(0, 600));
    for (const level of ["breast", "exam"]) {
      const samples = samplesOf(drawn, level);
      for (const [at, { target, tune }] of points.entries()) {
        const point = body.levels[level].operating_points[at];
        const what = `${seed} ${level} ${point.name}`;
        assert.equal(point.undefined, null, what);
        const elsewhere = "score" in tune ? samplesOf(other, level) : null;
        const reads = ("score" in tune ? other : drawn).flatMap(({ recalls }) => recalls);
        const readers = reads.filter((one) => one === 1).length / reads.length;
        const recallMax = "recall_rate" in target ? target.recall_rate : readers;
        if (elsewhere !== null) {
          assert.ok(isBest(target, point.threshold, elsewhere, recallMax), what);
          assert.equal(point.reported, samples.length);
        }
        const { chosen } = point;
        assert.equal(chosen.length, "cross_fit" in tune ? 3 : "stratify_by" in tune ? 2 : 1, what);
        const parts = "cross_fit" in tune ? 3 : 1;
        const chosenOn = chosen.reduce((sum: number, one: Json) => sum + one.chosen_on.exams, 0);
        if (elsewhere === null) {
          const all = parts === 1 ? point.reported + chosenOn : chosenOn / 2;
          assert.equal(all, samples.length, what);
        }
        for (const rate of ["sensitivity", "specificity"]) assert.ok(point[rate].of > 0, what);
        const { sensitivity, specificity, recall_rate: recall } = point;
        assert.equal(sensitivity.of + specificity.of, point.reported, what);
        if (parts === 1 && level === "exam") {
          const positive = sensitivity.count + specificity.of - specificity.count;
          assert.equal(recall.count, positive, what);
        }
      }
    }
    // Of subgroups: the thresholds of the whole, so the groups add up to it.
    for (const [at, point] of body.levels.exam.operating_points.entries()) {
      const [site] = body.subgroups;
      for (const rate of ["sensitivity", "specificity", "recall_rate"]) {
        const sum = site.groups.reduce(
          (all: number, { levels }: Json) => all + levels.exam.operating_points[at][rate].count,
          0,
        );
        assert.equal(sum, point[rate].count, `${point.name} ${rate}`);
      }
    }
  }
});

Deno.test("an operating point of some women is the same as in an analysis of the same women", async () => {
  await using world = await createWorld();
  const drawn = drawExams(5);
  const points = TARGETS.map((target) => ({ target, tune: { share: 0.4, seed: 9 } }));
  const { body } = await upload(world, drawn, points);
  for (const weighted of [false, true]) {
    const analysis = await sendJson(world.app, "POST", "/v1/score-analyses", {
      score: body.id,
      level: "exam",
      weighted,
      thresholds: points,
    });
    assert.equal(analysis.status, 200, JSON.stringify(analysis.body).slice(0, 400));
    const theirs = analysis.body.results[0].thresholds;
    const level = body.levels.exam;
    const ours = weighted ? level.weighted.operating_points : level.operating_points;
    for (const [at, point] of ours.entries()) {
      assert.equal(point.threshold, theirs[at].threshold);
      assert.deepEqual(point.chosen, theirs[at].chosen);
      assert.equal(point.reported, theirs[at].count);
      for (const rate of ["sensitivity", "specificity", "ppv"]) {
        assert.equal(point[rate].value, theirs[at][rate].value, rate);
      }
    }
  }
});

Deno.test("operating points: a number and {value} are what {threshold} is, to the id of the score", async () => {
  await using world = await createWorld();
  const drawn = drawExams(6, 40);
  const asked = [{ threshold: 0.5 }, { value: 0.5 }, 0.5];
  const scored = await Promise.all(asked.map((point) => upload(world, drawn, [point])));
  assert.equal(new Set(scored.map(({ body }) => body.id)).size, 1);
  assert.equal(scored[0]!.body.levels.exam.operating_points[0].name, "score>=0.5");
});

Deno.test("the report says what a threshold was chosen on, and what is reported", async () => {
  await using world = await createWorld();
  const drawn = drawExams(7);
  const { body } = await upload(world, drawn, [
    { target: { specificity: 0.8 }, tune: { share: 0.4, seed: 2 } },
    { target: { recall_rate: 0.3 }, tune: { cross_fit: 3 } },
  ]);
  const [point] = body.levels.exam.operating_points;
  const html = await (await world.app.request(`/reports/${body.id}`)).text();
  const text = html.replace(/<[^>]+>/g, "").replace(/\s+/g, " ");
  const { exams, cancers } = point.chosen[0].chosen_on;
  assert.ok(text.includes(`chosen on ${exams} exams, ${cancers} malignant`), "chosen on");
  assert.ok(text.includes(`The table has ${point.reported} exams`), "reported");
  assert.match(
    text,
    /Chosen on other women than those reported: specificity ≥ 0\.80, chosen on a share/,
  );
  assert.match(text, /recall rate ≤ 0\.30, cross-fitted in 3 parts/);
});

Deno.test("callers who may not see the truth get no operating point of some of the women", async () => {
  await using world = await createWorld();
  const drawn = drawExams(8);
  await putDataset(world.layout, "sample", drawn.map(({ exam }) => exam));
  const id = "0190a000-0000-7000-8000-000000000001";
  const key = { experiment: "exp1", model: "toy", id };
  const order = {
    ...{ dataset: "sample", model: "toy", experiment: "exp1", evaluation: id, bootstrap: false },
    predictions: await putPredictions(world.layout, key, predictionsOf(drawn)),
    operating_points: [0.5, { target: { specificity: 0.8 }, tune: { share: 0.9, seed: 4 } }],
    subgroups: ["site"],
  };
  const made = await sendJson(world.app, "POST", "/v1/scores", order);
  assert.equal(made.status, 201, JSON.stringify(made.body).slice(0, 400));
  assert.equal(made.body.levels.exam.operating_points.length, 2);
  for (const [role, may] of [["admin", true], ["read", false], ["submit", false]] as const) {
    const headers = { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: role };
    const of = [`/v1/scores/${id}`, `/reports/${id}`, `/v1/scores/${id}/report.html`];
    for (const path of [...of, "/v1/leaderboards/sample/scores.csv"]) {
      const text = await (await world.app.request(path, { headers })).text();
      assert.equal(/chosen on a share of 0\.9/.test(text), may, `${role} ${path}`);
      if (!may) assert.doesNotMatch(text, /specificity_to_expect/);
    }
  }
});

Deno.test("what no threshold can be chosen on is told: refused of an upload, undefined of an evaluation", async () => {
  await using world = await createWorld();
  const drawn = drawExams(9, 60);
  const unread = drawn.map((one) => {
    const { reads: _, ...exam } = one.exam;
    return { ...one, exam };
  });
  const unknown = "00000000-0000-4000-8000-000000000000";
  const tuned = (target: unknown, tune: unknown = { share: 0.5 }) => ({ target, tune });
  const cases: [readonly Drawn[], unknown, number, RegExp][] = [
    [unread, tuned({ readers_recall: true }), 400, /operating_points: .*no exam has reads/],
    [
      drawn,
      tuned({ recall_rate: 0.1 }, { share: 0.5, stratify_by: "colour" }),
      400,
      /stratify_by.*colour/,
    ],
    [drawn, tuned({ recall_rate: 0.1 }, { score: unknown }), 404, /no score/],
    [drawn, tuned({ recall_rate: 0.1, specificity: 0.9 }), 400, /operating_points/],
    [drawn, tuned({ recall_rate: 2 }), 400, /operating_points/],
    [drawn, { target: { recall_rate: 0.1 } }, 400, /operating_points/],
  ];
  for (const [exams, point, expected, text] of cases) {
    const { status, body } = await upload(world, exams, [point]);
    assert.equal(status, expected, JSON.stringify(body).slice(0, 400));
    assert.match(JSON.stringify(body), text);
  }
  await putDataset(world.layout, "unread", unread.map(({ exam }) => exam));
  const id = "0190a000-0000-7000-8000-000000000002";
  const key = { experiment: "exp1", model: "toy", id };
  const { status, body } = await sendJson(world.app, "POST", "/v1/scores", {
    ...{ dataset: "unread", model: "toy", experiment: "exp1", evaluation: id, bootstrap: false },
    predictions: await putPredictions(world.layout, key, predictionsOf(unread)),
    operating_points: [
      tuned({ readers_recall: true }),
      tuned({ recall_rate: 0.1 }, { score: unknown }),
      { specificity: 0.5 },
    ],
  });
  assert.equal(status, 201, JSON.stringify(body).slice(0, 400));
  const [unreadPoint, lost, plain] = body.levels.exam.operating_points;
  assert.match(unreadPoint.undefined, /no exam has reads/);
  assert.match(lost.sensitivity.undefined, /There is no score/);
  assert.equal(plain.undefined, null);
});

Deno.test("a threshold is not chosen on labels of another rule by accident", async () => {
  await using world = await createWorld();
  const followed = drawExams(10).map((one) => ({
    ...one,
    exam: {
      ...one.exam,
      cancer_after_days: Math.max(...one.labels) === 1 ? 300 : null,
      followed_days: 900,
    },
  }));
  const truth = '{"within_days":365}';
  const { body: ruled } = await upload(world, followed, [], { truth });
  const point = { target: { specificity: 0.8 }, tune: { score: ruled.id } };
  const refused = await upload(world, followed, [point]);
  assert.equal(refused.status, 400, JSON.stringify(refused.body).slice(0, 300));
  assert.match(JSON.stringify(refused.body), /cancer within 365 days/);
  const { status, body } = await upload(world, followed, [point], { truth });
  assert.equal(status, 201, JSON.stringify(body).slice(0, 300));
  for (const path of ["/v1/score-analyses", "/v1/screening-simulations"]) {
    const request = path.includes("analyses")
      ? { thresholds: [point] }
      : { pathways: [{ kind: "rule_out", threshold: point }] };
    const plain = (await upload(world, followed, [])).body.id;
    const answer = await sendJson(world.app, "POST", path, { score: plain, ...request });
    assert.equal(answer.status, 400, path);
    assert.match(JSON.stringify(answer.body), /choose on a score with the same truth/);
  }
});
