import assert from "node:assert/strict";
import { join } from "node:path";
import { dataListOf, imageNamesOf } from "../support/ingestion/world.ts";
import { png } from "../support/ingestion/images.ts";
import { type Json, sendJson } from "../support/http.ts";
import { startServiceProcess } from "../support/service_process.ts";

async function until<T>(what: () => Promise<T | null> | T | null): Promise<T> {
  for (;;) {
    const value = await what();
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function readJson(path: string): Promise<Json | null> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch {
    return null;
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

const EXAMS = 2000;

async function makeData(data: string): Promise<void> {
  await Deno.mkdir(join(data, "images"), { recursive: true });
  const image = join(data, "image.png");
  await Deno.writeFile(image, png());
  for (const name of imageNamesOf(EXAMS)) {
    await Deno.link(image, join(data, `images/${name}.png`));
  }
  await Deno.writeTextFile(join(data, "list.json"), dataListOf(EXAMS));
}

Deno.test("kill -9 in the middle of an import and of an upload: both end as if nothing had been", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "mammoeval-kill-" }));
  const [home, data] = [join(folder, "home"), join(folder, "data")];
  await makeData(data);
  const place = { images: join(data, "images"), data_list: join(data, "list.json") };
  const environment = {
    MAMMOEVAL_DATA_ROOTS: data,
    MAMMOEVAL_EXECUTOR: "process",
    MAMMOEVAL_GPUS: "none",
  };
  const service = await startServiceProcess({ home, environment });
  try {
    const request = { name: "large", ...place, check: "pixels" };
    assert.equal((await sendJson(`${service.url}/v1/datasets`, "POST", request)).status, 202);
    const dataset = join(home, "datasets/large");
    const upload = await beginUpload(service.url, join(home, "uploads"));
    await until(() => readJson(join(dataset, "import/checkpoint.json")));
    await service.kill();
    upload.close();
    const { check: kept } = await readJson(join(dataset, "import/checkpoint.json"));
    assert.equal((await readJson(join(dataset, "dataset.json"))).status, "importing");
    assert.equal(namesIn(join(home, "uploads")).length, 1, "the upload was cut off in the middle");

    await service.start();
    assert.deepEqual(namesIn(join(home, "uploads")), [], "nothing of the upload stays");
    const seen: Json[] = [];
    const ready = await until(async () => {
      const { body } = await sendJson(`${service.url}/v1/datasets/large`, "GET");
      seen.push(body);
      return body.status === "importing" ? null : body;
    });
    assert.equal(ready.status, "ready", JSON.stringify(ready.errors.slice(0, 3)));
    assert.deepEqual([ready.exams, ready.images], [EXAMS, 4 * EXAMS]);
    assert.ok(kept.images > 0 && kept.images < 4 * EXAMS);
    const checking = seen.filter(({ progress }) => progress.stage === "checking");
    assert.ok(checking.length > 0, "it went on after the start");
    assert.ok(checking.every(({ progress }) => progress.done >= kept.images), "and not anew");
    assert.deepEqual(namesIn(dataset), [
      "data_list.pkl",
      "dataset.json",
      "exams.jsonl",
      "images.jsonl",
      "source.json",
    ]);
    const again = await sendJson(
      `${service.url}/v1/datasets`,
      "POST",
      { name: "again", ...place },
      {
        prefer: "wait=300",
      },
    );
    assert.equal(again.body.digest, ready.digest, "the same as without a kill");
  } finally {
    await service.kill();
    await Deno.remove(folder, { recursive: true });
  }
});

/** Sends the beginning of an upload, and waits until some of it lies on the volume. */
async function beginUpload(url: string, uploads: string): Promise<Deno.Conn> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `POST /v1/datasets HTTP/1.1\r\nhost: ${hostname}:${port}\r\n` +
    "content-length: 1000000\r\ncontent-type: multipart/form-data; boundary=x\r\n\r\n" +
    '--x\r\ncontent-disposition: form-data; name="images"; filename="a.zip"\r\n\r\nPK';
  await connection.write(new TextEncoder().encode(head));
  await until(() => namesIn(uploads).length > 0 ? true : null);
  return connection;
}
