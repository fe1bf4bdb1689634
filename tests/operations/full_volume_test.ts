import assert from "node:assert/strict";
import { join } from "node:path";
import { type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { ended, reached, registerSample, submit } from "../support/evaluations.ts";
import { eventually } from "../support/eventually.ts";
import { assertProblem, type Json, sendJson } from "../support/http.ts";
import { fillUp, missingForMemory, mountMemory } from "../support/small_volume.ts";
import { PROJECT } from "../support/embedded_service.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const PAGE_BYTES = 4096;
const SAMPLE = join(PROJECT, "sample_data");

/** Each kind of new thing, as `name` tells one from the next. */
const REQUESTS: Readonly<Record<string, (url: string, name: string) => Promise<Json>>> = {
  registration: (url, name) =>
    sendJson(`${url}/v1/datasets`, "POST", {
      ...{ name, images: join(SAMPLE, "images"), data_list: join(SAMPLE, "data.pkl") },
    }),
  "registration by upload": async (url, name) => {
    const form = new FormData();
    form.set("name", name);
    form.set("data_list", await fileAt(join(SAMPLE, "data.pkl"), "data.pkl"));
    for await (const { name: image } of Deno.readDir(join(SAMPLE, "images"))) {
      form.append("images", await fileAt(join(SAMPLE, "images", image), image));
    }
    return await postForm(`${url}/v1/datasets`, form);
  },
  score: async (url, name) => {
    const form = new FormData();
    form.set("experiment", name);
    form.set("bootstrap", "false");
    form.set("data_list", await fileAt(join(SAMPLE, "data.pkl"), "data.pkl"));
    form.set("predictions", new File([await predictionsOf(url)], "predictions.csv"));
    return await postForm(`${url}/v1/scores`, form);
  },
  evaluation: (url, name) =>
    sendJson(`${url}/v1/evaluations`, "POST", {
      ...{ model: "reference", dataset: "sample", experiment: name, bootstrap: false },
    }),
};

async function fileAt(path: string, name: string): Promise<File> {
  return new File([await Deno.readFile(path)], name);
}

async function postForm(url: string, body: FormData): Promise<Json> {
  const response = await fetch(url, { method: "POST", body });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function predictionsOf(url: string): Promise<string> {
  const { items } = (await sendJson(`${url}/v1/evaluations?status=succeeded`, "GET")).body;
  return await (await fetch(`${url}/v1/evaluations/${items.at(-1).id}/predictions.csv`)).text();
}

/** What the model's program imports is beside it, and none of this file's imports. */
const FROM = "from";

/** Scores images by their place in the list, once there is a file beside its predictions. */
const PROGRAM = `
import { readArguments } ${FROM} "./arguments.ts";
import { readDataList } ${FROM} "./data_list.ts";
import { predictionsCsv, tasksOf } ${FROM} "./predictions.ts";
const { dataList, predictions } = readArguments(Deno.args);
const exams = readDataList(Deno.readFileSync(dataList));
const scores = new Map(tasksOf(exams).map(({ image }, at) => [image, at / 100]));
while (true) {
  try { Deno.statSync(predictions + ".go"); break; }
  catch { await new Promise((resolve) => setTimeout(resolve, 20)); }
}
Deno.writeTextFileSync(predictions, predictionsCsv(exams, scores));
`;

/** A project whose reference model is quick, and waits until it is let go. */
async function makeHeldProject(folder: string): Promise<string> {
  const model = join(PROJECT, "models/reference");
  const copied = join(folder, "models/reference");
  await Deno.mkdir(join(folder, "models"));
  const { success } = await new Deno.Command("cp", { args: ["-a", model, copied] }).output();
  assert.ok(success);
  await Deno.writeTextFile(join(copied, "predict/main.ts"), PROGRAM);
  return folder;
}

/** What was stored before is as it was. */
async function assertKept({ url }: ServiceUnderTest, id: string): Promise<void> {
  for (const path of ["/v1/datasets", "/v1/scores", "/v1/evaluations", "/", "/v1/usage"]) {
    const response = await fetch(url + path);
    assert.equal(response.status, 200, `${path}: ${await response.text()}`);
  }
  for (const path of [`/v1/evaluations/${id}`, `/v1/scores/${id}`, `/reports/${id}`]) {
    const response = await fetch(url + path);
    assert.equal(response.status, 200, `${path}: ${await response.text()}`);
  }
}

const missing = await missingForMemory();
Deno.test({
  name: missing === null
    ? "a full volume refuses what is new, keeps what is stored, and lets go on what was accepted"
    : `a full volume (${missing})`,
  ignore: missing !== null,
  async fn(t): Promise<void> {
    await using stack = new AsyncDisposableStack();
    await using volume = await mountMemory(48);
    const folder = await temporaryFolder(stack, "mammoeval-test-full-");
    const project = await makeHeldProject(folder);
    const home = join(volume.folder, "home");
    const ballast = join(volume.folder, "ballast");
    const environment = {
      MAMMOEVAL_HOME: home,
      MAMMOEVAL_DISK_FREE: "4k",
      MAMMOEVAL_DATA_ROOTS: `${PROJECT},${folder}`,
    };
    await using service = await startEmbedded(environment, project);
    const { url } = service;
    await registerSample(url);
    const letGo = async ({ id, experiment }: Json): Promise<void> => {
      const name = `reference_${experiment}_predictions.csv.go`;
      await Deno.writeTextFile(join(home, "work", id, "predictions", name), "");
    };
    const submitted = await submit(url, "reference");
    await reached(url, submitted.id, "running");
    await letGo(submitted);
    const first = await ended(url, submitted.id);
    assert.equal(first.status, "succeeded", JSON.stringify(first.error));

    for (const [kind, ask] of Object.entries(REQUESTS)) {
      await t.step(`${kind}: refused where there is no room`, async () => {
        await fillUp(ballast);
        const refused = await ask(url, `full-${kind.replaceAll(" ", "-")}`);
        assertProblem(refused, 503, "unavailable");
        assert.equal(refused.body.reason, "disk_full", JSON.stringify(refused.body));
        assert.ok(Number(refused.headers.get("retry-after")) > 0);
        await assertKept(service, first.id);
        await Deno.remove(ballast);
      });
    }

    await t.step("an import that was accepted waits, and ends when there is room", async () => {
      let waited = 0;
      for (let pages = 1; pages <= 24; pages += 2) {
        await fillUp(ballast, pages * PAGE_BYTES);
        const answer = await REQUESTS["registration"]!(url, `tight-${pages}`);
        if (answer.status === 503) assert.equal(answer.body.reason, "disk_full");
        else {
          assert.ok(answer.status < 300, JSON.stringify(answer.body));
          const path = `${url}/v1/datasets/${answer.body.id}`;
          const { body } = await sendJson(path, "GET", undefined, { prefer: "wait=2" });
          if (body.status === "importing") waited += 1;
          await Deno.remove(ballast);
          const status = await eventually(
            async () => (await sendJson(path, "GET")).body.status,
            (seen) => seen !== "importing",
          );
          assert.equal(status, "ready");
        }
        await Deno.remove(ballast).catch(() => {});
        await assertKept(service, first.id);
      }
      assert.ok(waited > 0, "one of them was accepted with too little room to end");
    });

    await t.step("a scoring that was accepted waits, and ends when there is room", async () => {
      const held = await submit(url, "reference", { experiment: "held" });
      const { id } = held;
      await reached(url, id, "running");
      // Room for the predictions, and none for the score's plots.
      await fillUp(ballast, 12 * PAGE_BYTES);
      await letGo(held);
      const log = await eventually(
        async () => await (await fetch(`${url}/v1/evaluations/${id}/log`)).text(),
        (text) => text.includes("volume is full"),
      );
      assert.match(log, /the volume is full: continuing when there is space/);
      await assertKept(service, first.id);
      await Deno.remove(ballast);
      const { status, error } = await ended(url, id);
      assert.equal(status, "succeeded", JSON.stringify(error));
      await assertKept(service, id);
    });
  },
});
