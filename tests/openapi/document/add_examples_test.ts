import assert from "node:assert/strict";
import { addExamples, type Exchange } from "./add_examples.ts";
import { readDocument } from "./document.ts";

const DOCUMENT = readDocument({
  paths: {
    "/v1/toys/{id}": {
      post: {
        operationId: "makeToy",
        parameters: [
          { name: "id", in: "path", schema: { type: "string", example: "a" } },
          { name: "limit", in: "query", schema: { type: "integer" } },
        ],
        requestBody: { content: { "application/json": { schema: {} } } },
        responses: {
          201: { description: "made", content: { "application/json": { schema: {} } } },
          204: { description: "nothing" },
          400: { description: "wrong", content: { "application/problem+json": { schema: {} } } },
        },
      },
    },
  },
});

const EXCHANGE: Exchange = {
  operation: "makeToy",
  name: "bear",
  summary: "A bear",
  request: { path: { id: "b" }, json: { size: 1 } },
  response: { status: 201, type: "application/json", json: { id: "b" } },
};

const toy = (...exchanges: readonly Exchange[]): Record<string, unknown> =>
  addExamples(DOCUMENT, exchanges).paths["/v1/toys/{id}"]!["post"]!;

Deno.test("addExamples: an exchange stands at its parameters, its body and its answer", () => {
  const { parameters, requestBody, responses } = toy(EXCHANGE) as Record<string, never>;
  assert.deepEqual(parameters, [
    {
      name: "id",
      in: "path",
      schema: { type: "string", example: "a" },
      examples: { bear: { summary: "A bear", value: "b" } },
    },
    { name: "limit", in: "query", schema: { type: "integer" } },
  ]);
  assert.deepEqual(requestBody, {
    content: {
      "application/json": {
        schema: {},
        examples: { bear: { summary: "A bear", value: { size: 1 } } },
      },
    },
  });
  assert.deepEqual(responses!["201"], {
    description: "made",
    content: {
      "application/json": {
        schema: {},
        examples: { bear: { summary: "A bear", value: { id: "b" } } },
      },
    },
  });
});

interface Shown {
  readonly requestBody: { readonly content: Record<string, { readonly examples: object }> };
  readonly responses: Record<number, unknown>;
}

Deno.test("addExamples: several stand together; a broken request is shown by its answer", () => {
  const broken: Exchange = {
    ...EXCHANGE,
    name: "nothing",
    request: { json: [] },
    response: { status: 400, type: "application/problem+json", json: { type: "invalid_request" } },
  };
  const { requestBody, responses } = toy(EXCHANGE, broken, {
    ...EXCHANGE,
    name: "cat",
  }) as unknown as Shown;
  const names = Object.keys(requestBody.content["application/json"]!.examples);
  assert.deepEqual(names, ["bear", "cat"]);
  assert.match(JSON.stringify(responses[400]), /"nothing":\{"summary":"A bear","value":/);
});

Deno.test("addExamples: what the document does not have is passed over", () => {
  const unknown: Exchange = { ...EXCHANGE, operation: "breakToy" };
  const gone: Exchange = { ...EXCHANGE, request: {}, response: { status: 418, type: "text/tea" } };
  const empty: Exchange = { ...EXCHANGE, request: {}, response: { status: 204 } };
  assert.deepEqual(addExamples(DOCUMENT, [unknown, gone, empty]).paths, DOCUMENT.paths);
});
