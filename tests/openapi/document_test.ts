import { Validator } from "@seriousme/openapi-schema-validator";
import assert from "node:assert/strict";
import type { ApiOperation } from "./document/document.ts";
import { answerOf } from "./document/document.ts";
import { PROBLEM_CONTENT, TAGS } from "../../shared/contracts/answers.ts";
import { PROBLEMS } from "../../shared/http/mod.ts";
import { apiDocument } from "../support/api.ts";
import { sendJson } from "../support/http.ts";
import { startEmbedded } from "../support/embedded_service.ts";

const document = await apiDocument();

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
}

/** An operation, with its name in messages. */
type Named = readonly [name: string, operation: ApiOperation];

const OPERATIONS: readonly Named[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) =>
    [`${method.toUpperCase()} ${path}`, operation] as const
  )
);

/** Names of the operations that something is wrong with. */
function wrong(isWrong: (operation: ApiOperation, name: string) => boolean): string[] {
  return OPERATIONS.filter(([name, operation]) => isWrong(operation, name)).map(([name]) => name);
}

function isSentence(text: unknown): boolean {
  return typeof text === "string" && /^[A-Z`]/.test(text) && text.length > 5;
}

Deno.test("the document is valid OpenAPI 3.1, as an independent validator sees it", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.deepEqual(errors, undefined);
  assert.ok(valid);
});

Deno.test("the committed document is what the routes and examples give: run `deno task openapi` after a change", async () => {
  await using service = await startEmbedded();
  const { body } = await sendJson(`${service.url}/openapi.json`, "GET");
  assert.deepEqual(body, document);
});

Deno.test("every operation has an id, a tag, a summary and a description of its own", () => {
  const ids = OPERATIONS.map(([, { operationId }]) => operationId!);
  assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), [], "ids are unique");
  assert.deepEqual(wrong(({ operationId }) => !/^[a-z]+(?:[A-Z][a-z]+)+$/.test(operationId!)), []);
  assert.deepEqual(wrong(({ summary }) => !isSentence(summary) || /\.$/.test(`${summary}`)), []);
  assert.deepEqual(
    wrong(({ description, summary }) => !isSentence(description) || description === summary),
    [],
  );
  const tags: readonly string[] = TAGS.map(({ name }) => name);
  assert.deepEqual(document.tags.map(({ name }) => name), tags);
  assert.deepEqual(
    wrong((operation) => {
      const own = operation["tags"] as string[];
      return own.length !== 1 || !tags.includes(own[0]!);
    }),
    [],
  );
});

Deno.test("every parameter is described, once", () => {
  for (const [name, operation] of OPERATIONS) {
    const parameters = (operation["parameters"] ?? []) as Parameter[];
    const undescribed = parameters.filter(({ description }) => !isSentence(description));
    assert.deepEqual(undescribed.map((parameter) => parameter.name), [], name);
    const keys = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    assert.equal(new Set(keys).size, keys.length, name);
  }
});

Deno.test("every operation says what happens when all goes well, and what the door may say", () => {
  assert.deepEqual(wrong(({ responses }) => !Object.keys(responses).some(isSuccess)), []);
  assert.deepEqual(wrong(({ responses }) => "default" in responses), [], "each status by itself");
  assert.deepEqual(wrong(({ responses }) => !("429" in responses && "500" in responses)), []);
  const open = wrong((operation) => (operation["security"] as unknown[]).length === 0);
  assert.deepEqual(open, ["GET /healthz", "GET /readyz"]);
  assert.deepEqual(
    wrong((operation, name) =>
      !open.includes(name) && !("401" in operation.responses && "403" in operation.responses)
    ),
    [],
  );
});

function isSuccess(status: string): boolean {
  return status.startsWith("2");
}

Deno.test("each type of problem is listed somewhere, under its own status", () => {
  const seen = new Set<string>();
  for (const [name, operation] of OPERATIONS) {
    for (const status of Object.keys(operation.responses)) {
      const content = answerOf(document, operation, status)?.content?.[PROBLEM_CONTENT];
      const schema = content?.["schema"] as
        | { allOf: [unknown, { properties: { type: { enum: string[] } } }] }
        | undefined;
      for (const type of schema?.allOf[1].properties.type.enum ?? []) {
        seen.add(type);
        assert.equal(String(PROBLEMS[type as keyof typeof PROBLEMS].status), status, name);
      }
    }
  }
  // The answer to a method that a path does not have: there is no operation to list it at.
  seen.add("method_not_allowed");
  assert.deepEqual(Object.keys(PROBLEMS).filter((type) => !seen.has(type)), []);
});

Deno.test("roles stand in the document as the door asks for them", () => {
  const needs = (name: string): unknown =>
    OPERATIONS.find(([other]) => other === name)![1]["security"];
  assert.deepEqual(needs("GET /v1/datasets"), [{ bearer: ["read"] }, { basic: ["read"] }]);
  assert.deepEqual(needs("POST /v1/evaluations"), [{ bearer: ["submit"] }]);
  assert.deepEqual(needs("DELETE /v1/evaluations/{id}"), [{ bearer: ["admin"] }]);
});
