import assert from "node:assert/strict";
import { announce } from "./announce.ts";

const DIAGNOSIS = {
  executor: "docker",
  docker: { message: "The engine answers", limits_lacking: [] },
  gpus: { message: "2 GPUs: 0, 1" },
  volume: { free_bytes: 2 ** 40, damaged: [], damaged_total: 0 },
  models: { overriding: [] },
  users: { message: "uid 1000" },
};

async function told(json: boolean, answer: () => Response): Promise<string> {
  let text = "";
  const announcement = { url: "http://127.0.0.1:8000", isOpen: true, json };
  await announce(announcement, answer, (part) => text += part);
  return text;
}

Deno.test("announce: the address and what was found, in words or as one line of JSON", async () => {
  const words = await told(false, () => Response.json(DIAGNOSIS));
  assert.match(words, /^mammoeval runs: open http:\/\/127\.0\.0\.1:8000\n/);
  assert.match(words, /GPUs +2 GPUs: 0, 1\n/);
  assert.match(words, /Tokens +none/);
  const line = await told(true, () => Response.json(DIAGNOSIS));
  assert.equal(line.trimEnd().split("\n").length, 1);
  const { url, found } = JSON.parse(line);
  assert.equal(url, "http://127.0.0.1:8000");
  assert.equal(found["Docker engine"], "The engine answers");
});

Deno.test("announce: the address is told also while nobody can say what works", async () => {
  for (
    const answer of [() => new Response("no", { status: 502 }), (): never => {
      throw new Error("refused");
    }]
  ) {
    assert.match(await told(false, answer), /open http.*\n.*not known yet/);
  }
});
