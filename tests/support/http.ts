import assert from "node:assert/strict";
import { holdAgainstDocument } from "./answer_check.ts";

// deno-lint-ignore no-explicit-any -- answers are looked into by the tests, field by field
export type Json = any;

/** Content types read as text. */
const TEXT = /^(?:text\/|application\/(?:.*\+)?json|image\/svg)/;

/** Sends a request: `fetch`, or an app's own `request`. */
type Send = (url: string, init: RequestInit) => Response | Promise<Response>;

/**
 * Sends a request and checks the response against the API document. Reads the whole body first, so it is not for
 * endless streams.
 *
 * @param url of the gateway, or a path of an app
 */
export async function ask(
  url: string,
  init: RequestInit = {},
  send: Send = fetch,
): Promise<Response> {
  const response = await send(url, init);
  const { status, headers } = response;
  assertUnbuffered(url, response);
  const body = await response.clone().arrayBuffer();
  const isText = body.byteLength === 0 || TEXT.test(headers.get("content-type") ?? "");
  const text = isText ? new TextDecoder().decode(body) : null;
  await holdAgainstDocument({ method: init.method ?? "GET", url, status, headers, text });
  return response;
}

/** Streams must disable proxy buffering: nginx would hold back events and log lines until a buffer is full. */
function assertUnbuffered(url: string, { status, headers }: Response): void {
  const follows = new URL(url, "http://127.0.0.1").searchParams.get("follow") === "true";
  const isEvents = headers.get("content-type")?.startsWith("text/event-stream");
  if (status !== 200 || !(follows || isEvents)) return;
  assert.equal(headers.get("x-accel-buffering"), "no", `${url} streams without X-Accel-Buffering`);
}

/** Sends JSON, parses the JSON response and checks it against the API document. */
export async function sendJson(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Json }> {
  return await readJson(await ask(url, jsonRequest(method, body, headers)));
}

/** Sends JSON and parses the JSON response without checks, for measurements. */
export async function sendJsonUnseen(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Json }> {
  return await readJson(await fetch(url, jsonRequest(method, body, headers)));
}

function jsonRequest(method: string, body: unknown, headers: Record<string, string>): RequestInit {
  return body === undefined ? { method, headers } : {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

async function readJson(
  response: Response,
): Promise<{ status: number; headers: Headers; body: Json }> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? null : JSON.parse(text),
  };
}

/** Asserts that a response is a problem of this type, with a detail and a request id. */
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
