import assert from "node:assert/strict";
import { join } from "node:path";
import { SCORES_PAGE_MAX } from "../../../shared/limits.ts";
import {
  askApp,
  createWorld,
  fairScore,
  type Json,
  makeList,
  makePredictions,
  postForm,
  putDataset,
  putPredictions,
  sendJson,
  uploadScore,
  type World,
} from "../../../tests/support/scoring/world.ts";

const EVALUATION = "0190a000-0000-7000-8000-000000000001";

function uploadParts(
  parts: Record<string, string | File | null> = {},
): Record<string, string | File> {
  const all = {
    data_list: new File([JSON.stringify(makeList(12))], "data.json"),
    predictions: new File([makePredictions(12, fairScore)], "predictions.csv"),
    bootstrap: '{"replicates":400}',
    ...parts,
  };
  return Object.fromEntries(
    Object.entries(all).filter((part): part is [string, string | File] => part[1] !== null),
  );
}

async function order(
  { layout }: World,
  parts: Record<string, unknown> = {},
  id = EVALUATION,
): Promise<Json> {
  const key = { experiment: "exp1", model: "toy", id };
  return {
    dataset: "sample",
    model: "toy",
    experiment: "exp1",
    evaluation: id,
    predictions: await putPredictions(layout, key, makePredictions(12, fairScore)),
    bootstrap: { replicates: 400 },
    ...parts,
  };
}

Deno.test("POST /v1/scores: an upload gives both levels, subgroups, plots and samples", async () => {
  await using world = await createWorld();
  const { status, headers, body } = await postForm(world.app, "/v1/scores", uploadParts());
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(headers.get("location"), `/v1/scores/${body.id}`);
  const { breast, image } = body.levels;
  assert.deepEqual([breast.count, breast.positives, breast.exams], [24, 4, 12]);
  assert.deepEqual([image.count, image.positives, image.exams], [48, 8, 12]);
  assert.deepEqual(
    body.subgroups.map(({ key, groups }: Json) => [
      key,
      groups.map(({ group, exams }: Json) => [group, exams]),
    ]),
    [["density", [["a", 4], ["b", 4], [null, 4]]]],
  );
  for (const path of Object.values<string>(breast.plots)) {
    const response = await askApp(world.app, path);
    assert.equal(response.status, 200, path);
    assert.ok((await response.bytes()).length > 100, path);
  }
  const samples = await (await askApp(world.app, breast.plots.samples)).text();
  assert.match(
    samples,
    /^exam_index,exam,laterality,view,image,score,label\n0,exam0,left,,,0\.25,1\n/,
  );
  const read = await sendJson(world.app, "GET", `/v1/scores/${body.id}`);
  assert.deepEqual(read.body, body);
});

Deno.test("POST /v1/scores: the same upload is scored once, another one again", async () => {
  await using world = await createWorld();
  const first = await postForm(world.app, "/v1/scores", uploadParts());
  const again = await postForm(world.app, "/v1/scores", uploadParts());
  assert.deepEqual([first.status, again.status], [201, 200]);
  assert.deepEqual(again.body, first.body);
  const changes = [
    { bootstrap: '{"replicates":401}' },
    { subgroups: "false" },
    { model: "toy" },
    { attributes: new File(["exam_id,site\nexam0,x\n"], "a.csv") },
    { predictions: new File([makePredictions(12, (exam) => exam)], "predictions.csv") },
  ];
  const ids = new Set([first.body.id]);
  for (const change of changes) {
    const { status, body } = await postForm(world.app, "/v1/scores", uploadParts(change));
    assert.equal(status, 201, JSON.stringify(body));
    ids.add(body.id);
  }
  assert.equal(ids.size, 1 + changes.length);
  const { items } = (await sendJson(world.app, "GET", "/v1/scores")).body;
  assert.equal(items.length, ids.size);
  const moments = items.map(({ created_at }: Json) => created_at);
  assert.deepEqual(moments, moments.toSorted().reverse(), "newest first");
});

Deno.test("POST /v1/scores: labels of the predictions never count, and false ones are named", async () => {
  await using world = await createWorld();
  const honest = await uploadScore(world.app, 12, fairScore);
  const lines = makePredictions(12, fairScore).trim().split("\n");
  // Inverts every label: by the file's own labels a bad model would be perfect.
  const forged = lines.map((line, at) => at === 0 ? line : line.replace(/,0$/, ",1")).join("\n");
  const { body } = await postForm(
    world.app,
    "/v1/scores",
    uploadParts({ predictions: new File([forged], "predictions.csv") }),
  );
  assert.deepEqual(body.levels.breast.auroc, honest.levels.breast.auroc);
  assert.equal(body.warnings_total, 40, "the labels of the 8 images of cancers happen to be true");
  assert.equal(body.warnings[0].code, "label_mismatch");
  assert.equal(body.warnings[0].row, 4);
  assert.match(
    body.warnings[0].message,
    /^Row 4: .*image 0_R_CC; the label of the data list is used$/,
  );
});

Deno.test("POST /v1/scores: operating points and prevalence are the caller's; others make another score", async () => {
  await using world = await createWorld();
  const parts = { operating_points: '[{"threshold":0.4}]', prevalence: "0.006" };
  const { status, body } = await postForm(world.app, "/v1/scores", uploadParts(parts));
  assert.equal(status, 201, JSON.stringify(body));
  const [point, ...others] = body.levels.breast.operating_points;
  assert.deepEqual([point.name, point.threshold, others], ["score>=0.4", 0.4, []]);
  assert.equal(point.at_prevalence.prevalence, 0.006);
  assert.deepEqual([body.provenance.operating_points, body.provenance.prevalence], [
    [{ threshold: 0.4 }],
    0.006,
  ]);
  const again = await postForm(world.app, "/v1/scores", uploadParts(parts));
  assert.deepEqual([again.status, again.body.id], [200, body.id]);
  const other = await postForm(world.app, "/v1/scores", uploadParts({ prevalence: "0.007" }));
  assert.equal(other.status, 201);
  assert.notEqual(other.body.id, body.id);
});

Deno.test("POST /v1/scores: what is wrong with a part is said, with what to do", async () => {
  await using world = await createWorld();
  const short = makePredictions(12, fairScore).trim().split("\n").slice(0, -1).join("\n");
  const cases: [Record<string, string | File | null>, number, string, RegExp][] = [
    [{ predictions: null }, 400, "invalid_request", /^predictions: .*-F predictions=@/],
    [{ data_list: null }, 400, "invalid_request", /^data_list: /],
    [{ data_list: "text" }, 400, "invalid_request", /^data_list: send it as a file/],
    [{ data_list: new File(["[]"], "data.txt") }, 422, "invalid_data_list", /must end in/],
    [{ data_list: new File(["x"], "l.csv.gz") }, 422, "invalid_data_list", /unpack it first/],
    [{ data_list: new File(["[]"], "data.json") }, 422, "invalid_data_list", /no exam/],
    [{ predictions: new File([short], "p.csv") }, 422, "invalid_predictions", /11_R_MLO/],
    [{ bootstrap: "{" }, 400, "invalid_request", /^bootstrap: is not JSON/],
    [{ bootstrap: '{"replicates":1}' }, 400, "invalid_request", /^bootstrap/],
    [
      { bootstrap: '{"replicates":399}' },
      400,
      "invalid_request",
      /^bootstrap.*replicates.* 399: a confidence of 0.95 needs at least 400 replicates/,
    ],
    [
      { bootstrap: '{"confidence":0.995}' },
      400,
      "invalid_request",
      /^bootstrap.*replicates.* 2000: a confidence of 0.995 needs at least 4000 replicates/,
    ],
    [{ operating_points: '[{"recall":0.1}]' }, 400, "invalid_request", /"threshold": score/],
    [{ operating_points: '[{"specificity":90}]' }, 400, "invalid_request", /a share from 0 to 1/],
    [{ prevalence: "6" }, 400, "invalid_request", /^prevalence: .*0\.006 for six in a thousand/],
    [{ prevalence: "0,006" }, 400, "invalid_request", /^prevalence: is not JSON/],
    [{ subgroups: '["vendor"]' }, 400, "invalid_request", /no key "vendor".*density, age/],
    [{ subgroups: '[{"key":"age","bins":[60,50]}]' }, 400, "invalid_request", /^subgroups/],
    [{ model: "../up" }, 400, "invalid_request", /^model: /],
    [{ dataset: "nothing", data_list: null }, 404, "not_found", /no ready dataset nothing/],
    [
      { attributes: new File(["exam,site\n"], "a.csv") },
      400,
      "invalid_request",
      /exam_id is missing/,
    ],
  ];
  for (const [parts, status, type, detail] of cases) {
    const answer = await postForm(world.app, "/v1/scores", uploadParts(parts));
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.equal(answer.body.type, type);
    assert.match(answer.body.detail, detail);
  }
  assert.deepEqual((await sendJson(world.app, "GET", "/v1/scores")).body.items, []);
});

Deno.test("POST /v1/scores: a repeated exam_id is named where predictions by exam match nothing", async () => {
  await using world = await createWorld();
  const list = makeList(12).map((exam, at) => ({ ...exam, exam_id: `id${Math.max(at, 1)}` }));
  const rows = list.map(({ exam_id }) => `${exam_id},0.5`).reverse();
  const { status, body } = await postForm(world.app, "/v1/scores", {
    data_list: new File([JSON.stringify(list)], "data.json"),
    predictions: new File([["exam_id,malignant", ...rows].join("\n")], "predictions.csv"),
  });
  assert.equal(status, 422);
  assert.equal(body.errors[0].code, "exam_id_unused");
  assert.match(body.errors[0].message, /exam_id "id1" is repeated/);
});

Deno.test("POST /v1/scores: predictions on the volume are scored beside themselves, once", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(12));
  const first = await sendJson(world.app, "POST", "/v1/scores", await order(world));
  assert.equal(first.status, 201, JSON.stringify(first.body));
  assert.equal(first.body.id, EVALUATION);
  const folder = join(world.layout.results, "exp1", "toy", EVALUATION);
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  for (const name of ["score.json", "breast_roc.png", "image_samples.csv"]) {
    assert.ok(names.includes(name), name);
  }
  const again = await sendJson(world.app, "POST", "/v1/scores", await order(world));
  assert.equal(again.status, 200);
  assert.deepEqual(again.body, first.body);
  const other = await order(world, { bootstrap: false });
  const changed = await sendJson(world.app, "POST", "/v1/scores", other);
  assert.equal(changed.status, 201);
  assert.equal(changed.body.levels.breast.auroc.ci, null);
});

Deno.test("POST /v1/scores: an order must name what is there, on the volume", async () => {
  await using world = await createWorld();
  const unknown = await sendJson(world.app, "POST", "/v1/scores", await order(world));
  assert.deepEqual([unknown.status, unknown.body.type], [404, "not_found"]);
  await putDataset(world.layout, "sample", makeList(12));
  const outside = await order(world, { predictions: "/etc/passwd" });
  const refused = await sendJson(world.app, "POST", "/v1/scores", outside);
  assert.deepEqual([refused.status, refused.body.type], [403, "path_not_allowed"]);
  const faulty = await sendJson(world.app, "POST", "/v1/scores", { dataset: "sample" });
  assert.deepEqual([faulty.status, faulty.body.type], [400, "invalid_request"]);
});

Deno.test("GET /v1/scores: what is not there is not found", async () => {
  await using world = await createWorld();
  const paths = ["/v1/scores/nothing", `/v1/scores/${EVALUATION}`];
  for (const path of [...paths, `/v1/scores/${EVALUATION}/breast/roc.png`]) {
    const { status, body } = await sendJson(world.app, "GET", path);
    assert.deepEqual([status, body.type], [404, "not_found"], path);
  }
});

Deno.test("POST /v1/scores/{id}/subgroups: a score is divided anew, by keys or a side table", async () => {
  await using world = await createWorld();
  const { id } = await uploadScore(world.app, 30, fairScore);
  const path = `/v1/scores/${id}/subgroups`;
  const byAge = await postForm(world.app, path, {
    subgroups: '[{"key":"age","bins":[50,60]}]',
    bootstrap: "false",
  });
  assert.equal(byAge.status, 200, JSON.stringify(byAge.body));
  const counts = byAge.body.subgroups[0].groups.map(({ group, levels }: Json) => [
    group,
    levels.breast.count,
    levels.breast.positives,
  ]);
  assert.deepEqual(counts, [["< 50", 20, 4], ["50 to < 60", 20, 3], ["≥ 60", 20, 3]]);
  assert.match(byAge.body.subgroups[0].groups[0].levels.breast.too_small, /4 positives/);
  const vendors = Array.from({ length: 30 }, (_, at) => `exam${at},${at < 15 ? "A" : "B"}`);
  const table = new File([["exam_id,vendor", ...vendors].join("\n")], "vendors.csv");
  const byVendor = await postForm(world.app, path, {
    attributes: table,
    subgroups: '["vendor"]',
    bootstrap: '{"replicates":400}',
  });
  assert.equal(byVendor.body.subgroups[0].source, "attributes");
  const [a, b] = byVendor.body.subgroups[0].groups;
  assert.deepEqual([a.exams, b.exams], [15, 15]);
  assert.ok(a.levels.image.auroc.ci_by_exam[0] <= a.levels.image.auroc.value);
});

Deno.test("POST /v1/scores/{id}/subgroups: a lesion type against the negatives of all exams", async () => {
  await using world = await createWorld();
  const list = makeList(12).map((exam, at) => ({
    ...exam,
    ...(at % 3 === 0 ? { lesion: at % 2 === 0 ? "mass" : "calcification" } : {}),
  }));
  const { body: { id } } = await postForm(
    world.app,
    "/v1/scores",
    uploadParts({ data_list: new File([JSON.stringify(list)], "data.json") }),
  );
  const send = async (negatives: string): Promise<Json> =>
    (await postForm(world.app, `/v1/scores/${id}/subgroups`, {
      subgroups: JSON.stringify([{ key: "lesion", negatives }]),
      bootstrap: "false",
    })).body.subgroups[0].groups[1].levels.breast;
  const own = await send("own");
  assert.deepEqual([own.count, own.positives], [4, 2], "the other breasts of these exams");
  const all = await send("all");
  assert.deepEqual([all.count, all.positives], [22, 2]);
});

Deno.test("GET /v1/scores: pages newest first, filtered; a cursor outlives the score that it names", async () => {
  await using world = await createWorld();
  const report = await uploadScore(world.app, 9, fairScore, { bootstrap: "false" });
  await world.store.remove(report.id);
  // The order of IDs differs from that of timestamps, as for uploads.
  for (const [at, digit] of ["3", "1", "5", "2", "4"].entries()) {
    const change = {
      id: EVALUATION.slice(0, -1) + digit,
      created_at: `2030-01-0${Math.min(at + 1, 4)}T00:00:00.000Z`,
      dataset: at % 2 === 0 ? "even" : "odd",
      model: digit,
    };
    await world.store.put({ ...report, ...change }, [], null);
  }
  const page = async (query: string): Promise<[string[], string | null]> => {
    const { status, body } = await sendJson(world.app, "GET", `/v1/scores?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return [body.items.map(({ model }: Json) => model), body.next_cursor];
  };
  assert.deepEqual(await page(""), [["4", "2", "5", "1", "3"], null]);
  const [first, cursor] = await page("limit=2");
  assert.deepEqual(first, ["4", "2"]);
  await world.store.remove(EVALUATION.slice(0, -1) + "2");
  const [second, next] = await page(`limit=2&cursor=${cursor}`);
  assert.deepEqual(second, ["5", "1"]);
  assert.deepEqual(await page(`limit=2&cursor=${next}`), [["3"], null]);
  assert.deepEqual(await page("dataset=even&limit=3"), [["4", "5", "3"], null], "nothing follows");
  assert.deepEqual(await page("dataset=even&model=5"), [["5"], null]);
  assert.deepEqual(await page("dataset=none"), [[], null]);
  for (
    const query of ["limit=0", `limit=${SCORES_PAGE_MAX + 1}`, "cursor=x", `cursor=${EVALUATION}`]
  ) {
    const { status, body } = await sendJson(world.app, "GET", `/v1/scores?${query}`);
    assert.deepEqual([status, body.type], [400, "invalid_request"], query);
  }
});

Deno.test("POST /v1/scores: what is too large is refused before it arrives, with the limit of each part", async () => {
  await using world = await createWorld();
  const response = await world.app.request("/v1/scores", {
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=x", "content-length": "800000000" },
    body: "--x--",
  });
  const { type, detail } = await response.json();
  assert.deepEqual([response.status, type], [413, "too_large"]);
  assert.match(
    detail,
    /data_list may have 67108864, predictions may have 33554432, attributes may/,
  );
});

Deno.test("POST /v1/scores: predictions with many more rows than images are refused at the first of them", async () => {
  await using world = await createWorld();
  const rows = "image_index,malignant_pred\n" + "0_L_CC,0.5\n".repeat(50_000);
  const predictions = new File([rows], "predictions.csv");
  const { status, body } = await postForm(world.app, "/v1/scores", uploadParts({ predictions }));
  assert.deepEqual([status, body.type], [422, "invalid_predictions"]);
  assert.deepEqual(body.errors.map(({ code, row }: Json) => [code, row]), [
    ["prediction_surplus", 2 * 48 + 1000 + 2],
  ]);
});
