import assert from "node:assert/strict";
import { CALLER_HEADERS } from "../../../shared/http/mod.ts";
import {
  createWorld,
  fairScore,
  type Json,
  makeList,
  makePredictions,
  postForm,
  sendJson,
  uploadScore,
  type World,
} from "../../../tests/support/scoring/world.ts";

const EXAMS = 60;

/** The higher breast score and the truth of each exam. */
function examsOf(): { score: number; label: number }[] {
  return Array.from({ length: EXAMS }, (_, exam) => ({
    score: Math.max(fairScore(exam, "L"), fairScore(exam, "R")),
    label: exam % 3 === 0 ? 1 : 0,
  }));
}

/** AUROC by its definition, over all pairs. */
function aurocOf(exams: readonly { score: number; label: number }[]): number {
  const of = (label: number): number[] =>
    exams.filter((exam) => exam.label === label).map(({ score }) => score);
  const [positives, negatives] = [of(1), of(0)];
  const wins = positives.flatMap((a) => negatives.map((b) => a > b ? 1 : a === b ? 0.5 : 0));
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
}

function file(name: string, text: string): File {
  return new File([text], name);
}

/** One score per exam: the higher breast of {@linkcode fairScore}. */
function examPredictions(): File {
  const rows = examsOf().map(({ score }, exam) => `exam${exam},${score}`);
  return file("p.csv", ["exam_id,malignant", ...rows, ""].join("\n"));
}

/** The list of {@linkcode makeList}, without the side of any cancer. */
function sidelessList(): File {
  const list = makeList(EXAMS).map((entry, exam) => ({
    ...entry,
    cancer_label: { malignant: exam % 3 === 0 ? 1 : 0 },
  }));
  return file("data.json", JSON.stringify(list));
}

async function text({ app }: World, path: string): Promise<string> {
  const answer = await app.request(path);
  assert.equal(answer.status, 200, path);
  return await answer.text();
}

/** Asserts that nothing undefined has a number, and that every reason is the level's. */
function assertUndefined(level: Json, reason: RegExp): void {
  assert.match(level.undefined, reason);
  assert.deepEqual([level.count, level.exams, level.positives], [0, 0, 0]);
  for (const metric of ["auroc", "auprc", "average_precision", "brier"]) {
    assert.equal(level[metric].value, null);
    assert.equal(level[metric].ci_by_exam, null);
    assert.equal(level[metric].undefined, level.undefined);
  }
  for (const point of level.operating_points) assert.equal(point.sensitivity.value, null);
}

Deno.test("the exam level takes the higher breast and any malignant one, beside breast and image", async () => {
  await using world = await createWorld();
  const report = await uploadScore(world.app, EXAMS, fairScore, {
    operating_points: JSON.stringify([{ threshold: 0.5 }]),
    bootstrap: JSON.stringify({ replicates: 400, seed: 1 }),
  });
  const { breast, image, exam } = report.levels;
  assert.ok(exam && image);
  assert.deepEqual([exam.count, exam.positives, exam.exams], [EXAMS, EXAMS / 3, EXAMS]);
  assert.ok(Math.abs(exam.auroc.value! - aurocOf(examsOf())) < 1e-12);
  assert.notEqual(exam.auroc.value, breast.auroc.value);
  assert.ok(exam.auroc.ci_by_exam && exam.auroc.ci_delong && exam.average_precision.value);
  const [point] = exam.operating_points;
  const called = examsOf().filter(({ score }) => score >= 0.5);
  const found = called.filter(({ label }) => label === 1).length;
  assert.deepEqual([point!.sensitivity.count, point!.sensitivity.of], [found, EXAMS / 3]);
  assert.deepEqual([point!.ppv.count, point!.ppv.of], [found, called.length], "PPV1");
  assert.deepEqual(point!.recall_rate.count, called.length);
  assert.deepEqual(point!.recall_rate.value, breast.operating_points[0]!.recall_rate.value);
  const samples = await text(world, `/v1/scores/${report.id}/exam/samples.csv`);
  assert.equal(samples.trim().split("\n").length, EXAMS + 1);
  assert.match(samples, /^0,exam0,,,,/m);
  const page = await text(world, `/v1/scores/${report.id}/report.html`);
  assert.match(page, /Results by exam/);
  assert.match(page, /PPV1/);
});

Deno.test("one score an exam leaves breast and image undefined, with the reason", async () => {
  await using world = await createWorld();
  const report = await uploadScore(world.app, EXAMS, fairScore, { predictions: examPredictions() });
  const { breast, image, exam } = report.levels;
  assertUndefined(breast, /one score an exam/);
  assertUndefined(image, /one score an exam/);
  assert.ok(Math.abs(exam!.auroc.value! - aurocOf(examsOf())) < 1e-12);
  assert.ok(report.misses.positives.every(({ laterality }) => laterality === null));
  const page = await text(world, `/v1/scores/${report.id}/report.html`);
  assert.match(page, /Of a malignant exam and one that is not/);
  assert.match(page, /Undefined\. The predictions hold one score an exam/);
  assert.doesNotMatch(page, /NaN|Infinity/);
});

Deno.test("where the side is not known, only whole exams are measured, whatever was scored", async () => {
  await using world = await createWorld();
  const data_list = sidelessList();
  const images = await uploadScore(world.app, EXAMS, fairScore, { data_list });
  const exams = await uploadScore(world.app, EXAMS, fairScore, {
    data_list,
    predictions: examPredictions(),
  });
  for (const { levels } of [images, exams]) {
    assertUndefined(levels.breast, levels === images.levels ? /does not say/ : /one score an exam/);
    assert.ok(Math.abs(levels.exam!.auroc.value! - aurocOf(examsOf())) < 1e-12);
  }
  assert.deepEqual(images.warnings, [], "the label column is not held against a side");
  const refused = await sendJson(world.app, "POST", "/v1/comparisons", {
    scores: [images.id, exams.id],
    bootstrap: false,
  });
  assert.equal(refused.status, 422);
  assert.match(JSON.stringify(refused.body), /has no breast level: The data list does not say/);
});

Deno.test("exams are compared, combined, ranked and divided like breasts", async () => {
  await using world = await createWorld();
  const worse = makePredictions(EXAMS, (exam, side) => fairScore(exam, side) + (exam * 7 % 11) / 9);
  const one = await uploadScore(world.app, EXAMS, fairScore, { bootstrap: "false" });
  const other = await uploadScore(world.app, EXAMS, fairScore, {
    predictions: file("q.csv", worse),
    bootstrap: "false",
  });
  const whole = await uploadScore(world.app, EXAMS, fairScore, {
    predictions: examPredictions(),
    bootstrap: "false",
  });
  const body = { scores: [one.id, other.id, whole.id], level: "exam", bootstrap: false };
  const compared = await sendJson(world.app, "POST", "/v1/comparisons", body);
  assert.equal(compared.status, 200, JSON.stringify(compared.body));
  assert.equal(compared.body.count, EXAMS);
  assert.equal(compared.body.pairs[1].auroc.difference.value, 0, "one and whole are equal");
  const ensemble = async (...scores: string[]): Promise<Json> =>
    (await sendJson(world.app, "POST", "/v1/ensembles", { scores, bootstrap: false })).body;
  const byImage = await ensemble(one.id, other.id);
  assert.deepEqual(
    [byImage.levels.image.count, byImage.levels.breast.count, byImage.levels.exam.count],
    [4 * EXAMS, 2 * EXAMS, EXAMS],
  );
  assert.equal(byImage.levels.exam.positives, EXAMS / 3);
  const byExam = await ensemble(one.id, whole.id);
  assertUndefined(byExam.levels.breast, /one score an exam/);
  assert.equal(byExam.levels.exam.auroc.value, one.levels.exam!.auroc.value);
  const regrouped = await postForm(world.app, `/v1/scores/${whole.id}/subgroups`, {
    subgroups: JSON.stringify([{ key: "density" }]),
    bootstrap: "false",
  });
  assert.equal(regrouped.status, 200, JSON.stringify(regrouped.body));
  for (const { levels, exams } of regrouped.body.subgroups[0].groups) {
    assert.equal(levels.exam.count, exams);
    assert.match(levels.breast.undefined, /one score an exam/);
  }
});

Deno.test("samples and curves of exams are for those who may see the truth", async () => {
  await using world = await createWorld();
  const { id } = await uploadScore(world.app, EXAMS, fairScore, { bootstrap: "false" });
  for (const role of ["submit", "read"] as const) {
    for (const name of ["samples.csv", "curves.csv"]) {
      const answer = await world.app.request(`/v1/scores/${id}/exam/${name}`, {
        headers: { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: role },
      });
      assert.equal(answer.status, 403, `${role} ${name}`);
      await answer.body?.cancel();
    }
  }
});
