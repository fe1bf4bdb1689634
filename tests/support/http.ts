import assert from "node:assert/strict";

// deno-lint-ignore no-explicit-any -- answers are looked into by the tests, field by field
export type Json = any;

/** Sends JSON and reads JSON. */
export async function sendJson(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Json }> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? null : JSON.parse(text),
  };
}

/** Asserts that an answer is a problem of this type, with a detail and a request id. */
export function assertProblem(
  answer: { status: number; headers: Headers; body: Json },
  status: number,
  type: string,
): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
  assert.equal(answer.body.type, type);
  assert.equal(answer.body.status, status);
  assert.ok(answer.body.detail.length > 10, "a problem says what to do");
  assert.ok(answer.body.request_id.length > 0);
}
