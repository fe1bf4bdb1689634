import { z } from "@hono/zod-openapi";
import assert from "node:assert/strict";
import {
  createWorld,
  fairScore,
  makeList,
  makePredictions,
  postForm,
  type World,
} from "../../../tests/support/scoring/world.ts";
import { receiveForm, type SentForm } from "./multipart.ts";

const BOUNDARY = "x";

/** A raw multipart body of file and text parts. */
function bodyOf(parts: readonly (readonly [head: string, content: string])[]): string {
  const lines = parts.map(([head, content]) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`
  );
  return `${lines.join("")}--${BOUNDARY}--\r\n`;
}

function post(body: BodyInit): Request {
  const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
  return new Request("http://scoring", { method: "POST", headers, body });
}

const text = z.string();
const SHAPE = {
  wanted: "list and table",
  schema: z.object({ list: text, table: text, name: text, a: text }),
  files: { list: 10, table: 5 },
};

async function withUploads(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-form-" });
  try {
    await test(folder);
    assert.deepEqual([...Deno.readDirSync(folder)], [], "nothing of a form stays");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a form's files lie on the volume as long as it is used; empty fields of a browser are not sent", () =>
  withUploads(async (folder) => {
    const body = bodyOf([
      ['name="list"; filename="ä.json"', "0123456789"],
      ['name="table"; filename=""\r\nContent-Type: application/octet-stream', ""],
      ['name="name"', "études"],
    ]);
    await using form: SentForm = await receiveForm(post(body), folder, SHAPE);
    const { path, ...list } = form.files.get("list")!;
    assert.deepEqual(list, {
      name: "ä.json",
      bytes: 10,
      sha256: "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882",
    });
    assert.equal(await Deno.readTextFile(path), "0123456789");
    assert.deepEqual([...form.files.keys(), ...form.texts], ["list", ["name", "études"]]);
  }));

const FILE = (name: string, content: string): [string, string] => [
  `name="${name}"; filename="f"`,
  content,
];

for (
  const [what, parts, type, message] of [
    [
      "a file of a byte too many",
      [FILE("table", "123456")],
      "too_large",
      /^table has over 5 bytes$/,
    ],
    ["a file sent twice", [FILE("list", "1"), FILE("list", "2")], "invalid_request", /^list: /],
    ["a text sent twice", [['name="a"', "1"], ['name="a"', "2"]], "invalid_request", /^a: /],
    ["a file that is none of the form's", [FILE("other", "1")], "invalid_request", /^Part other /],
    ["a text that is none of the form's", [['name="A"', "1"]], "invalid_request", /^"A": no such/],
    [
      "a text that is too long",
      [['name="a"', "1".repeat(70_000)]],
      "too_large",
      /^a has over 65536/,
    ],
  ] as [string, [string, string][], string, RegExp][]
) {
  Deno.test(`a form is refused for ${what}, and leaves nothing`, () =>
    withUploads(async (folder) => {
      const receiving = receiveForm(
        post(bodyOf([FILE("list", "ok"), ...parts].slice(
          parts.some(([head]) => head.includes('"list"')) ? 1 : 0,
        ))),
        folder,
        SHAPE,
      );
      await assert.rejects(receiving, { type, message });
    }));
}

Deno.test("what is cut, or no form at all, is refused with the parts that are wanted", () =>
  withUploads(async (folder) => {
    const whole = bodyOf([FILE("list", "0123")]);
    for (const body of [whole.slice(0, -20), "nothing", ""]) {
      await assert.rejects(receiveForm(post(body), folder, SHAPE), {
        type: "invalid_request",
        message: /could not be read: .*: send list and table$/,
      });
    }
    const json = new Request("http://scoring", { method: "POST", body: "{}" });
    await assert.rejects(receiveForm(json, folder, SHAPE), { type: "invalid_request" });
  }));

Deno.test("a file that is too large is refused while the rest of it is still to come", () =>
  withUploads(async (folder) => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) =>
        controller.enqueue(new TextEncoder().encode(
          bodyOf([FILE("list", "")]).replace(/\r\n--x--\r\n$/, ""),
        )),
      pull(controller): void {
        pulled++;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    await assert.rejects(receiveForm(post(endless), folder, SHAPE), { type: "too_large" });
    assert.ok(pulled < 100, "an endless body is not read on");
  }));

Deno.test("a caller who leaves while the form arrives leaves nothing", () =>
  withUploads(async (folder) => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller): void {
        controller.enqueue(new TextEncoder().encode(bodyOf([FILE("list", "0")]).slice(0, 60)));
      },
      pull: (controller) => controller.error(new Error("connection closed")),
    });
    await assert.rejects(receiveForm(post(broken), folder, SHAPE), /connection closed/);
  }));

/** Files of incoming uploads and of stored scores. */
function uploadsOf({ layout }: World): string[] {
  return Array.from(Deno.readDirSync(layout.scoreUploads), ({ name }) => name);
}

Deno.test("what was sent moves to its score; neither a score nor a refusal leaves an upload", async () => {
  await using world = await createWorld();
  const parts = {
    data_list: new File([JSON.stringify(makeList(12))], "data.json"),
    predictions: new File([makePredictions(12, fairScore)], "predictions.csv"),
    attributes: new File(["exam_id,site\nexam0,x\n"], "a.csv"),
    bootstrap: "false",
  };
  const { status, body } = await postForm(world.app, "/v1/scores", parts);
  assert.equal(status, 201, JSON.stringify(body));
  for (
    const [name, file] of [
      ["data_list.json", parts.data_list],
      ["predictions.csv", parts.predictions],
      ["attributes.csv", parts.attributes],
    ] as const
  ) {
    const kept = await Deno.readTextFile(`${world.layout.scores}/${body.id}/${name}`);
    assert.equal(kept, await file.text());
  }
  assert.deepEqual(uploadsOf(world), []);
  const again = await postForm(world.app, "/v1/scores", parts);
  assert.equal(again.status, 200);
  const broken = { ...parts, predictions: new File(["x"], "p.csv") };
  assert.equal((await postForm(world.app, "/v1/scores", broken)).status, 422);
  const divided = await postForm(world.app, `/v1/scores/${body.id}/subgroups`, {
    attributes: parts.attributes,
    bootstrap: "false",
  });
  assert.equal(divided.status, 200, JSON.stringify(divided.body));
  assert.deepEqual(uploadsOf(world), []);
});
