import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Exchange } from "./document/add_examples.ts";
import { answerOf } from "./document/document.ts";
import { EXCHANGES } from "./examples/mod.ts";
import { createValidator, escapePart } from "../support/answer_check.ts";
import { apiDocument } from "../support/api.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { writeDocument } from "./write_document.ts";
import { differences, type GivenResponse, type Ids, play, update } from "./play.ts";

/** Set to write today's answers down as the examples. */
const RECORDS = Deno.env.get("MAMMOEVAL_RECORD_EXAMPLES") === "1";
const FILE = fileURLToPath(
  new URL("./examples/exchanges.json", import.meta.url),
);
/** Longest JSON that is shown: the document itself is no example to read. */
const JSON_SHOWN_MAX = 80_000;
/** Longest text that is shown, cut at the end of a line: metrics go on. */
const TEXT_SHOWN_MAX = 1_500;
/** Pages and drawings are looked at, not read. */
const UNREADABLE = /^(?:text\/html|image\/.*)$/;

/** Webhooks go where nobody listens. */
const SETTINGS = {
  MAMMOEVAL_WEBHOOK_HOSTS: "127.0.0.1:9",
  MAMMOEVAL_WEBHOOK_SECRET: `whsec_${btoa("an example of a secret")}`,
};

const document = await apiDocument();

/** What of an answer the document shows. */
function shown(answer: GivenResponse): GivenResponse {
  const { text, json, ...rest } = answer;
  if (json !== undefined) return JSON.stringify(json).length > JSON_SHOWN_MAX ? rest : answer;
  if (text === undefined || UNREADABLE.test(answer.type ?? "")) return rest;
  if (text.length <= TEXT_SHOWN_MAX) return answer;
  return { ...rest, text: text.slice(0, text.lastIndexOf("\n", TEXT_SHOWN_MAX) + 1) };
}

/** What must be the same of an example and an answer. */
function held(exchange: Exchange, answer: GivenResponse): unknown {
  if (exchange.varies === undefined) return answer;
  return { status: answer.status, type: answer.type };
}

Deno.test("examples happen again", async (t) => {
  await using service = await startEmbedded(SETTINGS);
  const ids: Ids = new Map();
  const recorded: Exchange[] = [];
  for (const exchange of EXCHANGES) {
    await t.step(`${exchange.operation}, ${exchange.name}`, async () => {
      const answer = shown(await play(service, document, exchange, ids));
      assert.equal(answer.status, exchange.response.status, JSON.stringify(answer));
      const isKept = exchange.varies !== undefined && exchange.response.type === answer.type;
      const response = isKept ? exchange.response : update(exchange.response, answer);
      recorded.push({ ...exchange, response });
      if (RECORDS) return;
      assert.deepEqual(differences(held(exchange, exchange.response), held(exchange, answer)), []);
    });
  }
  if (!RECORDS) return;
  assert.equal(recorded.length, EXCHANGES.length, "not recorded: an exchange failed");
  await Deno.writeTextFile(FILE, JSON.stringify(recorded, null, 2) + "\n");
  await writeDocument(recorded);
});

/** A parameter or a content of a body, with what stands as example in it. */
interface Exemplified {
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
}

/** Everything of the document that has examples, with the way there. */
function* exemplified(value: unknown, pointer = ""): Generator<readonly [string, Exemplified]> {
  if (typeof value !== "object" || value === null) return;
  if ("schema" in value && "examples" in value) yield [pointer, value as Exemplified];
  for (const [name, part] of Object.entries(value)) {
    if (name !== "examples") yield* exemplified(part, pointer + escapePart(name));
  }
}

Deno.test("every example is in the document, where it belongs, and fits its schema", () => {
  const validate = createValidator(document);
  const names = new Set<string>();
  for (const [pointer, { examples }] of exemplified(document.paths, "/paths")) {
    for (const [name, { value }] of Object.entries(examples!)) {
      names.add(name);
      if (value === undefined) continue;
      assert.equal(validate(`${pointer}/schema`, value), null, `${pointer} ${name}`);
    }
  }
  for (const { operation, name, response } of EXCHANGES) {
    if (response.type === undefined) continue;
    const found = Object.values(document.paths).flatMap((item) => Object.values(item))
      .find(({ operationId }) => operationId === operation);
    const content = answerOf(document, found!, response.status)?.content?.[response.type];
    const examples = content?.["examples"] as Exemplified["examples"];
    const kept = response.json ?? response.text;
    assert.deepEqual(examples?.[name]?.value, kept, `${operation} ${name}`);
  }
  assert.ok(names.size > 20);
});

/** They need a dataset from DICOM, and answer with keyed pseudonyms: tests/dicom/import_test.ts asks them. */
const WITHOUT_EXAMPLE = ["getStudy", "findStudy"];

Deno.test("every operation has an example of a request that goes well", () => {
  const ids = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId!)
  );
  const shownIds = new Set(
    EXCHANGES.filter(({ response }) => response.status < 300).map(({ operation }) => operation),
  );
  assert.deepEqual(ids.filter((id) => !shownIds.has(id)), WITHOUT_EXAMPLE);
});
