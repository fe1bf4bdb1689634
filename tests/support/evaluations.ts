import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";
import { type Json, sendJson } from "./http.ts";

/** Registers sample_data as dataset `sample`. */
export async function registerSample(url: string): Promise<void> {
  const prefer = { prefer: "wait=60" };
  let { status, body } = await sendJson(`${url}/v1/datasets`, "POST", {
    name: "sample",
    images: join(PROJECT, "sample_data/images"),
    data_list: join(PROJECT, "sample_data/data.pkl"),
  }, prefer);
  // A wait has a time limit, and a busy machine may need several.
  while (status === 202 && body.status === "importing") {
    ({ body } = await sendJson(`${url}/v1/datasets/sample`, "GET", undefined, prefer));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal(body.status, "ready", JSON.stringify(body));
}

/** Submits an evaluation on `sample`, by default without intervals. */
export async function submit(
  url: string,
  model: string,
  request: Record<string, unknown> = {},
): Promise<Json> {
  const body = { model, experiment: "exp1", dataset: "sample", bootstrap: false, ...request };
  const answer = await sendJson(`${url}/v1/evaluations`, "POST", body);
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  return answer.body;
}

/**
 * Waits until an evaluation has ended.
 *
 * @param headers authenticate the user
 */
export async function ended(
  url: string,
  id: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Json> {
  const wait = { ...headers, prefer: "wait=120" };
  while (true) {
    const { body } = await sendJson(`${url}/v1/evaluations/${id}`, "GET", undefined, wait);
    if (body.finished_at !== null) return body;
  }
}

/** Submits an evaluation and waits until it has ended. */
export async function evaluate(
  url: string,
  model: string,
  request: Record<string, unknown> = {},
): Promise<Json> {
  return await ended(url, (await submit(url, model, request)).id);
}

/** Waits until an evaluation reaches a state; fails if it ends in another one. */
export async function reached(url: string, id: string, status: string): Promise<Json> {
  while (true) {
    const { body } = await sendJson(`${url}/v1/evaluations/${id}`, "GET");
    if (body.status === status) return body;
    assert.equal(body.finished_at, null, `${body.status}: ${JSON.stringify(body.error)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Returns the log of an evaluation without timestamps. */
export async function logOf(url: string, id: string): Promise<string[]> {
  const text = await (await fetch(`${url}/v1/evaluations/${id}/log`)).text();
  return text.trim().split("\n").map((line) => line.slice(line.indexOf(" ") + 1));
}

/** Waits until a log line matches; fails if the evaluation ends before. */
export async function logged(url: string, id: string, line: RegExp): Promise<void> {
  while (true) {
    const { body } = await sendJson(`${url}/v1/evaluations/${id}`, "GET");
    if ((await logOf(url, id)).some((text) => line.test(text))) return;
    assert.equal(body.finished_at, null, `${body.status}: ${JSON.stringify(body.error)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
