import assert from "node:assert/strict";
import { mergeDocuments } from "./merge_documents.ts";

const NOTHING = { paths: {} };
const operation = (description: string): unknown => ({
  get: { responses: { 200: { description } } },
});
const merge = (scoring: unknown): ReturnType<typeof mergeDocuments> =>
  mergeDocuments(
    {
      info: { title: "whole" },
      tags: [{ name: "scores", description: "d" }],
      paths: { "/healthz": operation("the gateway's") },
      components: { schemas: { Problem: { type: "object" } }, headers: { ETag: {} } },
    },
    { ingestion: NOTHING, inference: NOTHING, scoring },
  );

Deno.test("mergeDocuments: what a service is asked for comes in, its own health stays out", () => {
  const { paths, components, tags, info } = merge({
    info: { title: "part" },
    tags: [{ name: "scores", description: "d" }, { name: "more" }],
    paths: { "/healthz": operation("scoring's"), "/v1/scores": operation("list") },
    components: {
      schemas: { Problem: { type: "object" }, Score: { type: "string" } },
      examples: { one: { value: 1 } },
    },
  });
  assert.deepEqual(paths, {
    "/healthz": operation("the gateway's"),
    "/v1/scores": operation("list"),
  });
  assert.deepEqual(components, {
    schemas: { Problem: { type: "object" }, Score: { type: "string" } },
    headers: { ETag: {} },
    examples: { one: { value: 1 } },
  });
  assert.deepEqual(tags.map(({ name }) => name), ["scores", "more"]);
  assert.deepEqual(info, { title: "whole" });
});

Deno.test("mergeDocuments: what means two things, or is out of reach, is no document", () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ paths: {}, components: { schemas: { Problem: {} } } }, /components\.schemas\.Problem/],
    [{ paths: {}, components: { headers: { ETag: { a: 1 } } } }, /components\.headers\.ETag/],
    [{ paths: {}, tags: [{ name: "scores", description: "other" }] }, /scoring: tags\.scores/],
    [{ paths: { "/v1/datasets": {} } }, /scoring has no route \/v1\/datasets/],
    [{ paths: { "/secret": {} } }, /scoring has no route \/secret/],
  ];
  for (const [document, message] of cases) assert.throws(() => merge(document), message);
});
