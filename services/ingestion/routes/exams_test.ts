import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { CALLER_HEADERS, SILENT_LOG } from "../../../shared/http/mod.ts";
import { silentDamage } from "../../../shared/volume/mod.ts";
import { ask } from "../../../tests/support/http.ts";
import { createApp } from "../app.ts";
import { createVolumeSealedStore } from "../dicom/volume_sealed_store.ts";
import { createImageRenderer } from "../image_renderer/image_renderer.ts";
import { createMultipartUploadReceiver } from "../multipart_upload_receiver.ts";
import { png, SIDE } from "../../../tests/support/ingestion/images.ts";
import { makeWorld, type World } from "../../../tests/support/ingestion/world.ts";

type Get = (path: string, headers?: Record<string, string>) => Promise<Response>;

/** A dataset with three exams, next to a hidden file and another dataset. */
async function withExams(test: (get: Get, world: World) => Promise<void>): Promise<void> {
  await using world = await makeWorld();
  const { store, images, registry, layout, data } = world;
  const renderer = createImageRenderer();
  const damage = silentDamage(layout);
  const app = createApp({
    ...{ store, images, renderer, registry, damage, dicomweb: [], dataRoots: [data] },
    ...{ log: SILENT_LOG, sealedStore: createVolumeSealedStore(layout) },
    uploads: createMultipartUploadReceiver(layout, damage),
  });
  for (const [name, exams] of [["one", 3], ["other", 5]] as const) {
    await registry.register(await world.submission(name, exams), "ada");
    await registry.settled(name, 30);
  }
  await Deno.writeFile(join(data, "images/hidden.png"), png());
  try {
    await test(
      (path, headers = {}) => ask(path, { headers }, (url, init) => app.request(url, init)),
      world,
    );
  } finally {
    renderer.stop();
    await registry.stop();
  }
}

const IMAGE = "/v1/datasets/one/images/0_L-CC";

Deno.test("exams: one with its neighbours and the sizes of its images", async () => {
  await withExams(async (get) => {
    const exam = async (id: string): Promise<Record<string, unknown>> =>
      await (await get(`/v1/datasets/one/exams/${encodeURIComponent(id)}`)).json();
    const middle = await exam("exam 1");
    assert.deepEqual([middle["previous"], middle["next"]], ["exam 0", "exam 2"]);
    assert.deepEqual((await exam("exam 0"))["previous"], null);
    assert.deepEqual((await exam("exam 2"))["next"], null);
    assert.deepEqual(middle["malignant"], { left: 1, right: 0 });
    const sizes = middle["sizes"] as Record<string, unknown>;
    assert.deepEqual(sizes["1_L-CC"], { width: SIDE, height: SIDE });
    const absent = await get("/v1/datasets/one/exams/exam%204");
    assert.equal(absent.status, 404);
    await absent.body?.cancel();
  });
});

Deno.test("images: pictures in each form, with sizes in headers, in part, and known by their tag", async () => {
  await withExams(async (get) => {
    const webp = await get(`${IMAGE}?width=64`);
    assert.equal(webp.headers.get("content-type"), "image/webp");
    assert.equal(webp.headers.get("x-image-width"), "64");
    assert.equal(webp.headers.get("x-image-height"), "64");
    assert.equal((await sharp(await webp.bytes()).metadata()).format, "webp");
    const raw = await get(`${IMAGE}?format=raw16&region=10,20,30,40`);
    assert.equal((await raw.bytes()).length, 2 * 30 * 40);
    assert.equal(raw.headers.get("x-image-height"), "40");
    const part = await get(`${IMAGE}?format=raw16&region=10,20,30,40`, { range: "bytes=4-9" });
    assert.equal(part.status, 206);
    assert.equal((await part.bytes()).length, 6);
    const etag = webp.headers.get("etag")!;
    const known = await get(`${IMAGE}?width=64`, { "if-none-match": etag });
    assert.equal(known.status, 304);
    const larger = await get(`${IMAGE}?width=4000&format=png`);
    assert.equal(larger.headers.get("x-image-width"), String(SIDE), "nothing is enlarged");
    assert.notEqual(larger.headers.get("etag"), etag);
    await larger.body?.cancel();
  });
});

Deno.test("images: what is wrong with the request is named", async () => {
  await withExams(async (get) => {
    const cases: readonly (readonly [query: string, field: RegExp])[] = [
      ["width=0", /width/],
      ["width=-5", /width/],
      ["width=99999999999999999999", /width/],
      ["width=1e400", /width/],
      ["region=1,2,3", /region/],
      ["region=-1,0,10,10", /region/],
      ["region=0,0,0,10", /region/],
      ["region=0,0,257,10", /region/],
      ["region=255,255,2,1", /region/],
      ["region=999999999,0,999999999,1", /region/],
      ["region=0,0,10,10&region=0,0,1,1", /region/],
      ["window=100", /level/],
      ["level=100", /window/],
      ["window=0&level=5", /window/],
      ["window=NaN&level=5", /window/],
      ["window=100&level=100&format=raw16", /raw16/],
      ["format=svg", /format/],
      ["quality=100", /quality/],
    ];
    for (const [query, field] of cases) {
      const answer = await get(`${IMAGE}?${query}`);
      assert.equal(answer.status, 400, query);
      assert.match((await answer.json()).detail, field, query);
    }
  });
});

Deno.test("images: hidden, absent, another dataset's and paths that lead away are answered alike", async () => {
  await withExams(async (get, { data }) => {
    await Deno.remove(join(data, "images/2_R-CC.png"));
    await Deno.remove(join(data, "images/2_L-CC.png"));
    await Deno.symlink("/etc/passwd", join(data, "images/2_L-CC.png"));
    const names = ["hidden", "never", "4_L-CC", "2_R-CC", "2_L-CC", "../data", "..%2Fdata"];
    const answers = await Promise.all(
      [...names, "%2Fetc%2Fpasswd", "0_L-CC.png", "0_L-CC%00", "%ff"].map(async (name) => {
        const answer = await get(`/v1/datasets/one/images/${name}`);
        const { status, type, detail } = await answer.json();
        return { status, type, detail: detail.replace(/"[^"]*"/g, "…") };
      }),
    );
    // URL rules resolve "../data" to the exam list's neighbour, which is not an image.
    for (const [at, answer] of answers.entries()) {
      if (names[at] !== "../data") assert.deepEqual(answer, answers[0], String(names[at]));
      assert.equal(answer.status, 404);
    }
    const elsewhere = await get("/v1/datasets/none/images/0_L-CC");
    assert.equal(elsewhere.status, 404);
    await elsewhere.body?.cancel();
  });
});

Deno.test("images and exams: only who may see the truth, whether there is anything or not", async () => {
  await withExams(async (get) => {
    for (const role of ["read", "submit"]) {
      const headers = { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: role };
      for (
        const path of [IMAGE, "/v1/datasets/none/images/x", "/v1/datasets/one/exams/exam%200"]
      ) {
        const answer = await get(path, headers);
        assert.equal(answer.status, 403, path);
        await answer.body?.cancel();
      }
    }
  });
});

Deno.test("images: a file that has changed is another picture, one that is damaged is said to be", async () => {
  await withExams(async (get, { data }) => {
    const path = join(data, "images/1_L-CC.png");
    const show = (): Promise<Response> =>
      get("/v1/datasets/one/images/1_L-CC?format=raw16&region=0,0,1,1");
    const before = await (await show()).bytes();
    await Deno.remove(path); // it shares its file with others
    await Deno.writeFile(path, png({ pixel: () => 1000 }));
    const after = await (await show()).bytes();
    assert.notDeepEqual(after, before);
    assert.deepEqual([...after], [0xe8, 0x03]);
    await Deno.writeFile(path, png({ damage: (idat) => idat.fill(7, 20, 60) }));
    const damaged = await show();
    assert.equal(damaged.status, 404);
    assert.match((await damaged.json()).detail, /register the dataset again/);
  });
});

Deno.test("exams: a list is searched, filtered and sorted, page by page, with the number of all", async () => {
  await withExams(async (get) => {
    const list = async (query: string): Promise<[string[], string | null, number]> => {
      const { items, next_cursor, total } = await (await get(`/v1/datasets/other/exams?${query}`))
        .json();
      return [items.map(({ id }: { id: string }) => id), next_cursor, total];
    };
    const [all, , count] = await list("");
    assert.equal(count, 5);
    assert.deepEqual(await list("search=EXAM%203"), [["exam 3"], null, 1]);
    assert.deepEqual(await list("search=3_L-CC"), [["exam 3"], null, 1], "images are found too");
    const [sick, , sickCount] = await list("cancer=yes");
    const [healthy, , healthyCount] = await list("cancer=no");
    assert.equal(sickCount + healthyCount, 5);
    assert.deepEqual((await list("sort=cancer"))[0], [...sick, ...healthy]);
    const [first, cursor, total] = await list("sort=id&limit=2");
    assert.deepEqual([first, cursor, total], [all.slice(0, 2), "2", 5]);
    assert.deepEqual(await list(`sort=id&limit=3&cursor=${cursor}`), [all.slice(2), null, 5]);
    const wrong = await get("/v1/datasets/other/exams?cancer=perhaps");
    assert.equal(wrong.status, 400);
    await wrong.body?.cancel();
    const author = { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: "submit" };
    const hidden = await get("/v1/datasets/other/exams?cancer=yes", author);
    assert.equal(hidden.status, 403, "a filter tells the truth");
    await hidden.body?.cancel();
  });
});
