import assert from "node:assert/strict";
import { unbalanced } from "../../../tests/support/scoring/markup.ts";
import {
  createWorld,
  fairScore,
  postForm,
  sendJson,
  uploadScore,
} from "../../../tests/support/scoring/world.ts";

const HOSTILE = '<img src=x onerror="alert(1)">&</script>';

/** Assertions for every page. */
function assertWellFormed(html: string): void {
  assert.deepEqual(unbalanced(html.replace("<!doctype html>", "")), []);
  const own = html.replace(/<script src="\/live\.js" defer(?:="")?><\/script>/, "");
  assert.doesNotMatch(own, /<script|<img| on[a-z]+="| style="|javascript:/);
  assert.doesNotMatch(html, /NaN|Infinity|\[object|null</);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  assert.equal(new Set(ids).size, ids.length, "ids are unique");
}

/** Twenty cases: readers in percent, and a better model. */
function study(readers: number, models: readonly string[]): File {
  const heads = Array.from({ length: readers }, (_, at) => `Reader${at + 1}_POM`);
  const rows = Array.from({ length: 40 }, (_, row) => {
    const label = row % 4 === 0 ? 1 : 0;
    const rated = heads.map((_, at) => (row * (at + 3) * 7) % 60 + label * 25);
    const predicted = models.map((_, at) => ((row * (at + 5)) % 20) / 40 + label * 0.4);
    return [`c${row >> 1}`, row % 2 === 0 ? "L" : "R", label, ...rated, ...predicted];
  });
  const columns = ["case_ID", "side", "label", ...heads, ...models.map((name) => `AI_${name}_POM`)];
  return new File([[columns, ...rows].map((cells) => cells.join()).join("\n")], "study.csv");
}

Deno.test("GET /reader-studies/{id}: readers, models and what tells them apart, named as they are", async () => {
  await using world = await createWorld();
  const { body } = await postForm(world.app, "/v1/reader-studies", {
    results: study(3, ["gmic", "<b>x</b>"]),
    name: HOSTILE,
    bootstrap: '{"replicates":400}',
  });
  const page = await world.app.request(`/reader-studies/${body.id}`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-security-policy")!, /^default-src 'none'/);
  const html = await page.text();
  assertWellFormed(html);
  assert.match(html, /<h1>&lt;img src=x onerror=/);
  assert.ok(!html.includes("<b>x</b>"));
  for (const rater of [...body.models, ...body.readers]) {
    assert.ok(html.includes(rater.auroc.value.toFixed(3)), rater.name);
  }
  assert.equal(html.match(/<svg/g)!.length, 3, "curves, each on their own, together");
  assert.match(html, /40 breasts of 20 cases, 10 of them malignant/);
  assert.match(
    html,
    /AUROC of gmic minus the readers’ mean \(interval for other readers as well\): [+−]0\.\d{3} \(95/,
  );
  const missing = await world.app.request("/reader-studies/none");
  assert.equal(missing.status, 404);
});

Deno.test("GET /reader-studies/{id}: readers alone, a model alone, one class", async () => {
  await using world = await createWorld();
  const oneClass = ["case_ID,side,label,Reader1_POM,AI_x_POM", "a,L,0,1,0.2", "b,L,0,2,0.1"];
  for (
    const results of [study(2, []), study(0, ["x"]), new File([oneClass.join("\n")], "one.csv")]
  ) {
    const { status, body } = await postForm(world.app, "/v1/reader-studies", {
      results,
      bootstrap: "false",
    });
    assert.equal(status, 201, JSON.stringify(body));
    const page = await world.app.request(`/reader-studies/${body.id}`);
    assert.equal(page.status, 200);
    assertWellFormed(await page.text());
  }
});

Deno.test("GET /comparisons: the numbers of the API, in words and tables", async () => {
  await using world = await createWorld();
  const worse: typeof fairScore = (exam, side) =>
    fairScore(exam, side) * 0.4 + (exam * 13 % 30) / 60;
  const first = await uploadScore(world.app, 30, fairScore, { model: "first" });
  const second = await uploadScore(world.app, 30, worse, { model: "second" });
  const scores = [first.id, second.id];
  const query = `score=${scores.join("&score=")}`;
  const { body } = await sendJson(world.app, "POST", "/v1/comparisons", { scores, margin: 0.1 });
  const page = await world.app.request(`/comparisons?${query}&margin=0.1&level=breast&reference=`);
  assert.equal(page.status, 200);
  const html = await page.text();
  assertWellFormed(html);
  assert.match(html, /<h1>first and second, compared<\/h1>/);
  const [{ auroc }] = body.pairs;
  assert.ok(html.includes(`+${auroc.difference.value.toFixed(3)}`));
  assert.match(html, /Not worse by more than 0\.100/);
  const quick = await (await world.app.request(`/comparisons?${query}&bootstrap=false`)).text();
  assert.doesNotMatch(quick, /Differences of other metrics/);
});

Deno.test("GET /comparisons: what cannot be compared is a problem", async () => {
  await using world = await createWorld();
  const { id } = await uploadScore(world.app, 30, fairScore);
  const other = await uploadScore(world.app, 29, fairScore);
  const cases: readonly (readonly [string, number])[] = [
    ["", 400],
    [`score=${id}`, 400],
    [`score=${id}&score=x`, 400],
    [`score=${id}&score=${other.id}&margin=much`, 400],
    [`score=${id}&score=${crypto.randomUUID()}`, 404],
    [`score=${id}&score=${other.id}`, 422],
  ];
  for (const [query, status] of cases) {
    const answer = await world.app.request(`/comparisons?${query}`);
    assert.equal(answer.status, status, query);
    await answer.body?.cancel();
  }
});

Deno.test("parts that a browser sends empty count as not sent", async () => {
  await using world = await createWorld();
  const { status, body } = await postForm(world.app, "/v1/reader-studies", {
    results: study(2, ["x"]),
    name: "",
    reader_threshold: "",
    bootstrap: "false",
  });
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(body.name, null);
});
