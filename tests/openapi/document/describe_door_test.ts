import assert from "node:assert/strict";
import { PROBLEM_CONTENT, problems } from "../../../shared/contracts/answers.ts";
import { describeDoor } from "./describe_door.ts";
import { shareProblems } from "./share_problems.ts";
import { answerOf, readDocument } from "./document.ts";

const DOCUMENT = readDocument({
  paths: {
    "/healthz": { get: { responses: { 200: { description: "ok" } } } },
    "/v1/evaluations": {
      post: {
        requestBody: { content: {} },
        responses: { 202: { description: "queued" }, ...problems("quota_exceeded", "forbidden") },
      },
    },
    "/v1/scores": { get: { responses: { 200: { description: "list" } } } },
  },
});

Deno.test("describeDoor: each operation says which role it needs and how it may be refused", () => {
  const door = describeDoor(DOCUMENT);
  const health = door.paths["/healthz"]!["get"]!;
  assert.deepEqual(health["security"], []);
  assert.deepEqual(Object.keys(health.responses), ["200", "400", "429", "500", "503"]);
  const submit = door.paths["/v1/evaluations"]!["post"]!;
  assert.deepEqual(submit["security"], [{ bearer: ["submit"] }]);
  assert.deepEqual(Object.keys(submit.responses), [
    "202",
    "400",
    "401",
    "403",
    "408",
    "413",
    "429",
    "500",
    "502",
    "503",
  ]);
  const list = door.paths["/v1/scores"]!["get"]!;
  assert.deepEqual(list["security"], [{ bearer: ["read"] }, { basic: ["read"] }]);
  assert.deepEqual(Object.keys(door.components["securitySchemes"]!), ["bearer", "basic"]);
});

Deno.test("problems of door and service stand together, once for all operations", () => {
  const door = shareProblems(describeDoor(DOCUMENT));
  const submit = door.paths["/v1/evaluations"]!["post"]!;
  const { $ref } = submit.responses["429"]!;
  assert.equal($ref, "#/components/responses/too_many_requests.too_many_attempts.quota_exceeded");
  const answer = answerOf(door, submit, 429)!;
  assert.match(answer.description!, /^`too_many_requests`: .*; `quota_exceeded`: /);
  assert.deepEqual(Object.keys(answer.headers!), [
    "X-Request-Id",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
  ]);
  const ok = door.paths["/v1/scores"]!["get"]!.responses["200"]!;
  assert.ok("X-Request-Id" in ok.headers!);
});

Deno.test("describeDoor: an answer that is no problem stays beside one of the same status", () => {
  const mixed = readDocument({
    paths: {
      "/v1/scores": {
        get: { responses: { 429: { description: "Wait", content: { "text/plain": {} } } } },
      },
    },
  });
  const answer = describeDoor(mixed).paths["/v1/scores"]!["get"]!.responses["429"]!;
  assert.deepEqual(Object.keys(answer.content!), ["text/plain", PROBLEM_CONTENT]);
  assert.match(answer.description!, /^Wait; `too_many_requests`/);
});
