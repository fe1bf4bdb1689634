import assert from "node:assert/strict";
import { createAnswerCheck, type GivenAnswer } from "../support/answer_check.ts";
import { apiDocument } from "../support/api.ts";

const check = createAnswerCheck(await apiDocument());

const PROBLEM = {
  type: "not_found",
  title: "Not found",
  status: 404,
  detail: "There is no dataset",
  request_id: "r",
};

function problem(url: string, change: Record<string, unknown>, method = "GET"): GivenAnswer {
  const body = { ...PROBLEM, ...change };
  return {
    method,
    url,
    status: Number(body.status),
    headers: new Headers({ "content-type": "application/problem+json", "x-request-id": "r" }),
    text: JSON.stringify(body),
  };
}

function json(url: string, status: number, body: unknown, headers = {}): GivenAnswer {
  return {
    method: "GET",
    url,
    status,
    headers: new Headers({ "content-type": "application/json", "x-request-id": "r", ...headers }),
    text: JSON.stringify(body),
  };
}

Deno.test("the check of answers takes what the document has", () => {
  assert.equal(check(json("http://x/v1/datasets", 200, { items: [] })), null);
  assert.equal(check(json("/healthz", 200, { status: "ok" }, { ratelimit: "r" })), null);
  assert.equal(check(problem("/v1/datasets/nothing", {})), null);
  assert.equal(check(problem("/v1/no/such/route", {})), null);
  assert.equal(
    check(problem("/v1/datasets", { type: "method_not_allowed", status: 405 }, "PUT")),
    null,
  );
  assert.equal(check(json("/datasets/new", 200, "a page that is no part of the API")), null);
});

Deno.test("the check of answers finds what the document does not have", () => {
  const cases: readonly (readonly [GivenAnswer, RegExp])[] = [
    [json("/v1/datasets", 201, { items: [] }), /answers 201, which the document does not list/],
    [json("/v1/datasets", 200, { items: [{}] }), /breaks its schema: .*items\/0/],
    [json("/v1/datasets", 200, { items: [] }, { etag: "x" }), /has ETag, which/],
    [json("/v1/evaluations/batch", 200, {}), /breaks its schema|has no ETag/],
    [problem("/v1/datasets/x", { type: "dataset_in_use" }), /breaks its schema: .*type/],
    [problem("/v1/datasets", {}), /answers 404/],
    [problem("/v1/datasets/x", { detail: "No" }), /says nothing of what is wrong/],
    [problem("/v1/datasets/x", { request_id: undefined }), /request_id/],
    [problem("/v1/no/such/route", { type: "gpu_unavailable", status: 422 }), /answers 422/],
    [{ ...json("/v1/datasets", 200, {}), headers: new Headers() }, /has no X-Request-Id/],
    [
      { ...json("/metrics", 200, {}), text: "" },
      /is application\/json, the document has text\/plain/,
    ],
    [{ ...problem("/v1/datasets/x", {}, "DELETE"), status: 204 }, /has a body/],
  ];
  for (const [answer, message] of cases) assert.match(check(answer) ?? "takes it", message);
});
