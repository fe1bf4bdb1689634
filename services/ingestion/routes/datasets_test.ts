import assert from "node:assert/strict";
import { join } from "node:path";
import { CALLER_HEADERS, SILENT_LOG } from "../../../shared/http/mod.ts";
import { FAULTS_LISTED_MAX } from "../../../shared/limits.ts";
import { ask, assertProblem, type Json } from "../../../tests/support/http.ts";
import { createApp } from "../app.ts";
import { createVolumeSealedStore } from "../dicom/volume_sealed_store.ts";
import { createMultipartUploadReceiver } from "../multipart_upload_receiver.ts";
import { createImageRenderer } from "../image_renderer/image_renderer.ts";
import { zip } from "../../../tests/support/ingestion/archives.ts";
import { png } from "../../../tests/support/ingestion/images.ts";
import {
  dataListOf,
  imageNamesOf,
  makeWorld,
  type World,
} from "../../../tests/support/ingestion/world.ts";
import { silentDamage } from "../../../shared/volume/mod.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

type Send = (
  method: string,
  path: string,
  body?: unknown,
  wait?: boolean,
  role?: string,
) => Promise<Answer>;

function makeSend({ store, images, registry, layout, data }: World): Send {
  const uploads = createMultipartUploadReceiver(layout, silentDamage(layout));
  const sealedStore = createVolumeSealedStore(layout);
  const app = createApp({
    store,
    images,
    renderer: createImageRenderer(),
    registry,
    uploads,
    sealedStore,
    dicomweb: [],
    dataRoots: [data],
    damage: silentDamage(layout),
    log: SILENT_LOG,
  });
  return async (method, path, body, wait = true, role) => {
    const json = body === undefined || body instanceof FormData ? {} : {
      "content-type": "application/json",
    };
    const init = {
      method,
      headers: {
        ...json,
        ...(wait ? { prefer: "wait=30" } : {}),
        ...(role === undefined
          ? {}
          : { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: role }),
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    };
    const response = await ask(path, init, (url, request) => app.request(url, request));
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : JSON.parse(text),
    };
  };
}

/** JSON body for a submission. */
async function bodyOf(world: World, name: string, exams?: number): Promise<Json> {
  const { source, imagesFolder } = await world.submission(name, exams);
  return { name, images: imagesFolder, data_list: source.path };
}

Deno.test("POST /v1/datasets: 202 at once, 201 when ready, 422 with all faults when rejected", async () => {
  await using world = await makeWorld();
  const send = makeSend(world);
  const accepted = await send("POST", "/v1/datasets", await bodyOf(world, "a"), false);
  assert.equal(accepted.status, 202);
  assert.equal(accepted.headers.get("location"), "/v1/datasets/a");
  assert.equal(accepted.headers.get("retry-after"), "1");
  const ready = await send("POST", "/v1/datasets", await bodyOf(world, "b"));
  assert.equal(ready.status, 201);
  assert.equal(ready.body.check, "header");
  assert.equal(ready.body.origin, undefined, "how it is kept is not shown");
  const faulty = await bodyOf(world, "c", FAULTS_LISTED_MAX);
  const rejected = await send("POST", "/v1/datasets", { ...faulty, images: world.data });
  assertProblem(rejected, 422, "invalid_data_list");
  assert.equal(rejected.headers.get("location"), "/v1/datasets/c");
  assert.equal(rejected.body.errors.length, FAULTS_LISTED_MAX);
  assert.equal(rejected.body.errors_total, 4 * FAULTS_LISTED_MAX);
  assert.match(rejected.body.detail, /0_L-CC\.png \(exam exam 0, L-CC\) .*4000 faults in all/);
  const shown = (await send("GET", "/v1/datasets/c")).body;
  assert.equal(shown.status, "rejected");
  assert.equal(shown.errors_total, 4 * FAULTS_LISTED_MAX);
});

Deno.test("POST /v1/datasets: what a request must be", async () => {
  await using world = await makeWorld();
  const send = makeSend(world);
  const body = await bodyOf(world, "a");
  await Deno.writeTextFile(join(world.data, "list.xml"), "");
  const refused: [Json, number, string, RegExp][] = [
    [{ ...body, name: "" }, 400, "invalid_request", /^name: /],
    [{ ...body, name: undefined }, 400, "invalid_request", /^name: /],
    [{ ...body, extra: 1 }, 400, "invalid_request", /extra/],
    [{ ...body, check: "closely" }, 400, "invalid_request", /^check: .*header.*pixels/],
    [{ ...body, images: "/etc" }, 403, "path_not_allowed", /\/etc is not under a folder/],
    [{ ...body, data_list: "/etc/passwd" }, 403, "path_not_allowed", /\/etc\/passwd/],
    [{ ...body, images: join(world.data, "no") }, 403, "path_not_allowed", /does not exist/],
    [{ ...body, images: body.data_list }, 400, "invalid_request", /^images: .* is not a folder/],
    [{ ...body, data_list: join(world.data, "list.xml") }, 400, "invalid_request", /\.pkl/],
  ];
  for (const [request, status, type, detail] of refused) {
    const answer = await send("POST", "/v1/datasets", request);
    assertProblem(answer, status, type);
    assert.match(answer.body.detail, detail);
  }
  assert.deepEqual(world.folders(), []);
  const app = createApp({
    store: world.store,
    images: world.images,
    renderer: createImageRenderer(),
    registry: world.registry,
    uploads: createMultipartUploadReceiver(world.layout, silentDamage(world.layout)),
    sealedStore: createVolumeSealedStore(world.layout),
    dicomweb: [],
    dataRoots: [],
    damage: silentDamage(world.layout),
    log: SILENT_LOG,
  });
  const text = await app.request("/v1/datasets", { method: "POST", body: "x" });
  assert.equal(text.status, 415);
});

function uploadForm(name: string, images: Uint8Array<ArrayBuffer>, list = dataListOf(1)): FormData {
  const form = new FormData();
  form.set("name", name);
  form.set("data_list", new File([list], "data.json"));
  form.set("images", new File([images], "images.zip"));
  return form;
}

Deno.test("POST /v1/datasets: an upload is looked at to the last byte, and belongs to the dataset", async () => {
  await using world = await makeWorld();
  const send = makeSend(world);
  const images = imageNamesOf(1).map((name) => ({ name: `${name}.png`, content: png() }));
  const ready = await send("POST", "/v1/datasets", uploadForm("up", zip(images)));
  assert.equal(ready.status, 201, JSON.stringify(ready.body));
  assert.equal(ready.body.check, "pixels");
  assert.equal(ready.body.images_folder, join(world.layout.datasets, "up/images"));
  const damaged = png();
  damaged[damaged.length >> 1] = damaged[damaged.length >> 1]! ^ 1;
  const bad = [{ ...images[0]!, content: damaged }, ...images.slice(1)];
  const rejected = await send("POST", "/v1/datasets", uploadForm("bad", zip(bad)));
  assertProblem(rejected, 422, "invalid_data_list");
  assert.match(rejected.body.detail, /checksum of chunk IDAT/);
  const quick = uploadForm("quick", zip(bad));
  quick.set("check", "header");
  const sampled = await send("POST", "/v1/datasets", quick);
  assertProblem(sampled, 422, "invalid_data_list"); // so few images are all in the sample
  const odd = uploadForm("odd", zip(images));
  odd.set("check", "closely");
  assertProblem(await send("POST", "/v1/datasets", odd), 400, "invalid_request");
  const empty = uploadForm("list", zip(images));
  empty.set("data_list", new File(["x"], "data.doc"));
  assertProblem(await send("POST", "/v1/datasets", empty), 400, "invalid_request");
  assert.deepEqual([...Deno.readDirSync(world.layout.uploads)], [], "nothing is left behind");
  assert.deepEqual(world.folders(), ["bad", "quick", "up"]);
  assert.equal((await send("DELETE", "/v1/datasets/up")).status, 204);
  assert.deepEqual(world.folders(), ["bad", "quick"]);
});

Deno.test("POST /v1/datasets: reads and outcomes come in tables, by path or by upload, and are part of the content", async () => {
  await using world = await makeWorld();
  const send = makeSend(world);
  const exams = JSON.parse(dataListOf(2)).map((exam: Json) => exam.exam_id);
  const tables = {
    reads: `exam_id,reader,recall\n${exams[1]},Ann,1\n${exams[0]},Ann,0\n${exams[1]},Bob,0\n`,
    outcomes: `exam_id,days_followed\n${exams[0]},900\n${exams[1]},800\n`,
  };
  const body = await bodyOf(world, "a", 2);
  const paths: Record<string, string> = {};
  for (const [name, text] of Object.entries(tables)) {
    paths[name] = join(world.data, `${name}.csv`);
    await Deno.writeTextFile(paths[name], text);
  }
  const form = (name: string, sent: Record<string, string>): FormData => {
    const parts = new FormData();
    parts.set("name", name);
    parts.set("data_list", new File([dataListOf(2)], "list.json"));
    for (const image of imageNamesOf(2)) parts.append("images", new File([png()], `${image}.png`));
    for (const [part, text] of Object.entries(sent)) parts.set(part, new File([text], "x.csv"));
    return parts;
  };
  assert.equal((await send("POST", "/v1/datasets", { ...body, ...paths })).status, 201);
  const uploaded = await send("POST", "/v1/datasets", form("b", tables));
  assert.equal(uploaded.status, 201, JSON.stringify(uploaded.body));
  for (const name of ["a", "b"]) {
    const { items } = (await send("GET", `/v1/datasets/${name}/exams`)).body;
    assert.deepEqual(items[1].extras.reads, [
      { reader: "Ann", recall: 1, order: 1 },
      { reader: "Bob", recall: 0, order: 2 },
    ]);
    assert.deepEqual(items.map(({ extras }: Json) => extras.followed_days), [900, 800]);
  }
  assert.equal((await send("POST", "/v1/datasets", { ...body, ...paths })).status, 200);
  const other = await send("POST", "/v1/datasets", body);
  assert.equal(other.status, 409, JSON.stringify(other.body));
  const wrong = form("c", { ...tables, reads: `exam_id,recall\n${exams[0]},7\n` });
  const rejected = await send("POST", "/v1/datasets", wrong);
  assertProblem(rejected, 422, "invalid_data_list");
  assert.deepEqual([rejected.body.errors[0].exam, rejected.body.errors[0].field], [
    exams[0],
    "reads",
  ]);
  const outside = await send("POST", "/v1/datasets", { ...body, name: "d", reads: "/etc/passwd" });
  assertProblem(outside, 403, "path_not_allowed");
});

Deno.test("GET /v1/datasets/{id}/exams: page by page; a cursor of one's own is refused", async () => {
  await using world = await makeWorld();
  const send = makeSend(world);
  await send("POST", "/v1/datasets", await bodyOf(world, "a", 5));
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await send("GET", `/v1/datasets/a/exams?limit=2${query}`);
    ids.push(...body.items.map((exam: Json) => exam.id));
    cursor = body.next_cursor;
  }
  assert.deepEqual(ids, ["exam 0", "exam 1", "exam 2", "exam 3", "exam 4"]);
  const exam = (await send("GET", "/v1/datasets/a/exams?limit=1")).body.items[0];
  assert.deepEqual(Object.keys(exam), [
    "index",
    "id",
    "images",
    "malignant",
    "horizontal_flip",
    "extras",
  ]);
  for (const cursor of ["1", "-1", "x", "1e99", "999999"]) {
    const answer = await send("GET", `/v1/datasets/a/exams?cursor=${cursor}`);
    assertProblem(answer, 400, "invalid_request");
  }
  for (const limit of ["0", "1001", "x"]) {
    assertProblem(await send("GET", `/v1/datasets/a/exams?limit=${limit}`), 400, "invalid_request");
  }
  assertProblem(await send("GET", "/v1/datasets/nothing/exams"), 404, "not_found");
});

Deno.test("GET, DELETE: unknown ids, datasets in use, images in place stay", async () => {
  await using world = await makeWorld();
  const send = makeSend(world);
  assert.deepEqual((await send("GET", "/v1/datasets")).body, { items: [] });
  for (const id of ["nothing", "..%2Fetc", "%00", "x".repeat(200)]) {
    assertProblem(await send("GET", `/v1/datasets/${id}`), 404, "not_found");
    assertProblem(await send("DELETE", `/v1/datasets/${id}`), 404, "not_found");
  }
  await send("POST", "/v1/datasets", await bodyOf(world, "a"));
  await world.lease("a");
  const used = await send("DELETE", "/v1/datasets/a");
  assertProblem(used, 409, "dataset_in_use");
  assert.match(used.body.detail, /evaluation-1/);
  await Deno.remove(join(world.layout.leases, "a"), { recursive: true });
  assert.equal((await send("DELETE", "/v1/datasets/a")).status, 204);
  assert.ok((await Deno.stat(join(world.data, "images/0_L-CC.png"))).isFile);
});

Deno.test("POST /v1/datasets: the same again is 200, other content 409; id and name lead to the dataset", async () => {
  await using world = await makeWorld();
  const send = makeSend(world);
  const body = { ...await bodyOf(world, "München Q3") as object };
  const first = await send("POST", "/v1/datasets", body);
  assert.deepEqual([first.status, first.body.id, first.body.name], [
    201,
    "munchen-q3",
    "München Q3",
  ]);
  for (const name of ["München Q3", "munchen-q3"]) {
    const again = await send("POST", "/v1/datasets", { ...body, name });
    assert.deepEqual([again.status, again.body], [200, first.body]);
    const other = { ...body, name, data_list: (await world.submission("x", 1)).source.path };
    const refused = await send("POST", "/v1/datasets", other);
    assertProblem(refused, 409, "dataset_exists");
    assert.match(refused.body.detail, /"München Q3" \(id munchen-q3\).*data list differs.*DELETE/);
    const path = `/v1/datasets/${encodeURIComponent(name)}`;
    assert.deepEqual((await send("GET", path)).body, first.body);
    assert.equal((await send("GET", `${path}/exams`)).body.items.length, 2);
    assert.equal((await send("GET", `${path}/exams/exam%201`)).status, 200);
    await world.lease("munchen-q3");
    assertProblem(await send("DELETE", path), 409, "dataset_in_use");
    await Deno.remove(join(world.layout.leases, "munchen-q3"), { recursive: true });
  }
  assert.equal((await send("DELETE", "/v1/datasets/M%C3%BCnchen%20Q3")).status, 204);
  assert.deepEqual(world.folders(), []);
});

Deno.test("GET /v1/datasets/{id}: shows how far the import is", async () => {
  const gate = Promise.withResolvers<void>();
  await using world = await makeWorld((runner) => ({
    async run(id, onProgress, signal): Promise<void> {
      onProgress({ stage: "checking", done: 3, total: 8 });
      await gate.promise;
      await runner.run(id, onProgress, signal);
    },
  }));
  const send = makeSend(world);
  await send("POST", "/v1/datasets", await bodyOf(world, "a"), false);
  const { body } = await send("GET", "/v1/datasets/a");
  assert.equal(body.status, "importing");
  assert.deepEqual(body.progress, { stage: "checking", done: 3, total: 8 });
  assertProblem(await send("GET", "/v1/datasets/a/exams"), 409, "dataset_not_ready");
  gate.resolve();
  await world.registry.settled("a", 10);
  assert.deepEqual((await send("GET", "/v1/datasets/a")).body.progress, { done: 8, total: 8 });
});

Deno.test("warnings that name breasts with cancer are for those who may see the truth", async () => {
  await using world = await makeWorld();
  const send = makeSend(world);
  const { source, imagesFolder } = await world.submission("unseen", 2);
  const list = JSON.parse(await Deno.readTextFile(source.path));
  Object.assign(list[1], { "L-CC": [], "L-MLO": [] });
  await Deno.writeTextFile(source.path, JSON.stringify(list));
  const body = { name: "unseen", images: imagesFolder, data_list: source.path };
  const made = await send("POST", "/v1/datasets", body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.warnings[0].code, "malignant_without_image");
  for (const path of ["/v1/datasets/unseen", "/v1/datasets"]) {
    const { body: answer } = await send("GET", path, undefined, true, "submit");
    const seen = answer.items?.[0] ?? answer;
    assert.doesNotMatch(JSON.stringify(seen), /malignant_without_image/);
    assert.equal(seen.warnings_total, made.body.warnings_total - 1);
  }
});
