import assert from "node:assert/strict";
import { readerStudySchema } from "../../../shared/contracts/reader_studies.ts";
import {
  askApp,
  createWorld,
  type Json,
  postForm,
  sendJson,
} from "../../../tests/support/scoring/world.ts";

const GOLDEN = new URL("../../../tests/golden/reader_study/", import.meta.url);

async function goldenFile(name: string): Promise<File> {
  return new File([await Deno.readFile(new URL(name, GOLDEN))], name);
}

Deno.test("POST /v1/reader-studies: a frame gives every rater, every pair, hybrids and a plot", async () => {
  await using world = await createWorld();
  const parts = {
    results: await goldenFile("study_pandas1_5.pkl"),
    name: "pilot",
    bootstrap: '{"replicates":400}',
  };
  const { status, headers, body } = await postForm(world.app, "/v1/reader-studies", parts);
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(headers.get("location"), `/v1/reader-studies/${body.id}`);
  assert.deepEqual(readerStudySchema.parse(body), body, "as the document says");
  assert.deepEqual([body.rows, body.cases], [120, 60]);
  assert.equal(body.readers.length, 3);
  assert.equal(body.models.length, 2);
  for (const { auroc, auprc, average_precision } of [...body.readers, ...body.models]) {
    for (const area of [auroc, auprc, average_precision]) {
      assert.ok(area.ci[0] <= area.value && area.value <= area.ci[1]);
      assert.ok(area.ci_by_exam[0] <= area.ci_by_exam[1]);
    }
  }
  const mean = (values: number[]): number => values.reduce((sum, one) => sum + one, 0) / 3;
  const areas = body.readers.map(({ auroc }: Json) => auroc.value);
  assert.ok(Math.abs(body.reader_mean.auroc.mean - mean(areas)) < 1e-15);
  assert.equal(body.against_readers.length, 6);
  for (const { difference, p, p_holm, ci } of body.against_readers) {
    assert.ok(ci[0] <= difference.value && difference.value <= ci[1]);
    assert.ok(p <= p_holm && p_holm <= 1);
  }
  const [against] = body.against_reader_mean;
  const modelArea = body.models[0].auroc.value;
  assert.ok(Math.abs(against.difference.value - (modelArea - mean(areas))) < 1e-12);
  assert.ok(against.readers_at_large.df > 0);
  const { pairs, sweep, reader_scale, weight } = body.hybrids;
  assert.deepEqual([pairs.length, sweep.length, reader_scale, weight], [6, 2, 100, 0.5]);
  const ends = [sweep[0].points[0].mean, sweep[0].points.at(-1).mean];
  assert.ok(Math.abs(ends[0] - mean(areas)) < 1e-12, "weight 0 is the readers alone");
  assert.ok(Math.abs(ends[1] - modelArea) < 1e-12, "weight 1 is the model alone");
  assert.equal(body.warnings[0].field, "note");
  for (
    const [path, type] of [[body.plots.roc, "image/png"], [body.plots.roc_svg, "image/svg+xml"]]
  ) {
    const response = await askApp(world.app, path);
    assert.equal(response.headers.get("content-type"), type);
    assert.ok((await response.bytes()).length > 1000);
  }
  const again = await postForm(world.app, "/v1/reader-studies", parts);
  assert.equal(again.status, 200);
  assert.deepEqual(again.body, body);
  const { items } = (await sendJson(world.app, "GET", "/v1/reader-studies")).body;
  assert.deepEqual(items, [body]);
  const gone = await askApp(world.app, `/v1/reader-studies/${body.id}`, { method: "DELETE" });
  assert.equal(gone.status, 204);
  assert.deepEqual((await sendJson(world.app, "GET", "/v1/reader-studies")).body.items, []);
  const missing = await sendJson(world.app, "DELETE", `/v1/reader-studies/${body.id}`);
  assert.equal(missing.body.type, "not_found");
});

Deno.test("POST /v1/reader-studies: pickle and CSV of the same frame give the same numbers", async () => {
  await using world = await createWorld();
  const numbers: Json[] = [];
  for (const name of ["study_pandas1_4.pkl", "study_pandas2_5.pkl", "study.csv"]) {
    const parts = { results: await goldenFile(name), bootstrap: "false" };
    const { status, body } = await postForm(world.app, "/v1/reader-studies", parts);
    assert.equal(status, 201, JSON.stringify(body));
    const { id: _, created_at: __, provenance: ___, plots: ____, ...rest } = body;
    numbers.push(rest);
  }
  assert.deepEqual(numbers[1], numbers[0]);
  assert.deepEqual(numbers[2], numbers[0]);
});

/** 720 cases of two breasts, 61 malignant, 14 readers and 7 models, without tied scores. */
function fullSize(): string {
  let state = 7;
  const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const readers = Array.from({ length: 14 }, (_, at) => `Reader${at + 1}_POM`);
  const models = Array.from({ length: 7 }, (_, at) => `AI_m${at}_POM`);
  const lines = [["case_ID", "side", "label", ...readers, ...models].join()];
  for (let row = 0; row < 1440; row++) {
    const label = row % 23 === 0 && row < 1403 ? 1 : 0;
    const scores = [
      ...readers.map(() => Math.floor((next() + label * next()) * 50)),
      ...models.map((_, at) => (next() + label * next() * (at / 7)) / 2),
    ];
    lines.push([`case${row >> 1}`, row % 2 === 0 ? "L" : "R", label, ...scores].join());
  }
  return lines.join("\n");
}

Deno.test("POST /v1/reader-studies: the size of real studies", async () => {
  await using world = await createWorld();
  const { status, body } = await postForm(world.app, "/v1/reader-studies", {
    results: new File([fullSize()], "full.csv"),
    bootstrap: '{"replicates":400}',
  });
  assert.equal(status, 201, JSON.stringify(body).slice(0, 500));
  assert.deepEqual([body.rows, body.cases, body.positives], [1440, 720, 61]);
  assert.deepEqual([body.readers.length, body.models.length], [14, 7]);
  assert.deepEqual([body.against_readers.length, body.hybrids.pairs.length], [98, 98]);
});

Deno.test("POST /v1/reader-studies: what cannot be used is refused with row and column", async () => {
  await using world = await createWorld();
  const cases: [string, string, RegExp][] = [
    ["x.csv", "case_ID,side,label,AI_x_POM\na,L,0,\n", /Line 2, column AI_x_POM is empty/],
    ["x.csv", 'case_ID,side\n"a', /never closed/],
    ["x.txt", "", /must end in \.pkl or \.csv/],
    ["x.pkl", "no pickle", /^results: /],
  ];
  for (const [name, text, detail] of cases) {
    const results = new File([text], name);
    const { status, body } = await postForm(world.app, "/v1/reader-studies", { results });
    assert.equal(status, 422, JSON.stringify(body));
    assert.equal(body.type, "invalid_reader_study");
    assert.match(body.detail, detail);
  }
  const missing = await sendJson(world.app, "GET", "/v1/reader-studies/nothing");
  assert.equal(missing.body.type, "not_found");
});

Deno.test("POST /v1/reader-studies: scores that are no probabilities have no hybrids, and say so", async () => {
  await using world = await createWorld();
  const rows = Array.from({ length: 20 }, (_, at) => `c${at},L,${at % 2},${at * 40},${at / 20}`);
  const text = ["case_ID,side,label,Reader1_POM,AI_x_POM", ...rows].join("\n");
  const { body } = await postForm(world.app, "/v1/reader-studies", {
    results: new File([text], "x.csv"),
    bootstrap: "false",
  });
  assert.match(body.hybrids.undefined, /scale of Reader1 was not recognised: set reader_scale/);
  assert.deepEqual(body.hybrids.pairs, []);
  assert.equal(body.reader_threshold, null);
  assert.ok(body.readers[0].auroc.value > 0.5);
});

Deno.test("POST /v1/reader-studies: each reader has a scale of their own, grades go by ranks", async () => {
  await using world = await createWorld();
  const rows = Array.from({ length: 40 }, (_, at) => {
    const label = at % 4 === 0 ? 1 : 0;
    const chance = (at % 7) / 20 + label / 2;
    return `c${at},L,${label},${1 + Math.round(4 * chance)},${100 * chance},${chance},${chance}`;
  });
  const columns = "case_ID,side,label,Reader1_POM,Reader2_POM,Reader3_POM,AI_x_POM";
  const study = (parts: Record<string, string>) =>
    postForm(world.app, "/v1/reader-studies", {
      results: new File([[columns, ...rows].join("\n")], "x.csv"),
      bootstrap: "false",
      ...parts,
    });
  const { body } = await study({});
  assert.deepEqual(
    body.hybrids.reader_scales.map(({ scale }: { scale: string }) => scale),
    ["grade", "percent", "probability"],
  );
  assert.deepEqual(body.hybrids.pairs.map(({ by }: { by: string }) => by), [
    ...["rank", "probability", "probability"],
  ]);
  assert.equal(body.reader_threshold, null, "nobody has said from where on readers recall");
  const stated = await study({ reader_scale: "grade", reader_threshold: "3" });
  assert.equal(stated.status, 201, JSON.stringify(stated.body));
  assert.equal(stated.body.reader_threshold, 3);
  const wrong = await study({ reader_scale: "probability" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.body.errors[0].message, /Reader1 has .* which is not a probability/);
  assert.equal((await study({ reader_scale: "colour" })).status, 400);
});

Deno.test("GET /v1/reader-studies: page by page, newest first; other cursors are refused", async () => {
  await using world = await createWorld();
  const made: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const rows = Array.from({ length: 6 }, (_, at) => `c${at},L,${at % 2},${at * 10},${at / 6}`);
    const text = ["case_ID,side,label,Reader1_POM,AI_x_POM", ...rows].join("\n");
    const results = new File([text], "x.csv");
    const parts = { results, name, bootstrap: "false" };
    made.unshift((await postForm(world.app, "/v1/reader-studies", parts)).body.id);
  }
  const get = (query: string) => sendJson(world.app, "GET", `/v1/reader-studies${query}`);
  const whole = (await get("")).body;
  assert.equal(whole.next_cursor, null);
  assert.deepEqual(whole.items.map(({ id }: { id: string }) => id), made);
  const first = (await get("?limit=2")).body;
  const last = (await get(`?limit=2&cursor=${first.next_cursor}`)).body;
  assert.deepEqual([first.items.length, last.next_cursor], [2, null]);
  assert.deepEqual([...first.items, ...last.items], whole.items);
  for (const query of ["?cursor=2", "?limit=0", "?limit=1000", "?page=2"]) {
    const { status, body } = await get(query);
    assert.deepEqual([status, body.type], [400, "invalid_request"], query);
  }
});

Deno.test("POST /v1/reader-studies: the cases of a woman are taken together, and her id is nowhere in clear", async () => {
  await using world = await createWorld();
  const raters = (row: number): string =>
    [(row * 37 % 29) / 29, (row * 53 % 31) / 31, (row * 41 % 23) / 23].join();
  const file = (column: string, womanOf: (exam: number) => string): File => {
    const rows = Array.from({ length: 80 }, (_, row) => {
      const exam = Math.floor(row / 2);
      const label = row % 2 === 0 && exam % 3 === 0 ? 1 : 0;
      return `c${exam},${row % 2 === 0 ? "L" : "R"},${label},${womanOf(exam)}${raters(row)}`;
    });
    const head = `case_ID,side,label,${column}Reader01_POM,Reader02_POM,AI_A_POM`;
    return new File([[head, ...rows, ""].join("\n")], "readers.csv");
  };
  const send = async (results: File): Promise<Json> =>
    await postForm(world.app, "/v1/reader-studies", { results, bootstrap: "false" });
  const { body: women } = await send(file("patient_id,", (exam) => `SECRET-${exam >> 1},`));
  const { body: cases } = await send(file("", () => ""));
  assert.deepEqual([women.cases, women.women, cases.women], [40, 20, null]);
  const of = ({ against_reader_mean: [test] }: Json): Json => test;
  assert.equal(of(women).difference.value, of(cases).difference.value);
  assert.notDeepEqual(of(women).these_readers.ci, of(cases).these_readers.ci);
  const page = await (await world.app.request(`/reader-studies/${women.id}`)).text();
  assert.match(page, /by woman/);
  assert.doesNotMatch(page, /by case/);
  const folder = `${world.layout.readerStudies}/${women.id}`;
  for await (const { name } of Deno.readDir(folder)) {
    assert.doesNotMatch(await Deno.readTextFile(`${folder}/${name}`), /SECRET/, name);
  }
  assert.match(await Deno.readTextFile(`${folder}/results.csv`), /^c0,L,1,w[0-9a-f]{20},/m);
  const { status, body } = await send(
    file("patient_id,", (exam) => exam === 0 ? "a," : `${"b".repeat(999)},`),
  );
  assert.equal(status, 422, JSON.stringify(body));
  assert.match(JSON.stringify(body), /column patient_id is neither a short text/);
});
