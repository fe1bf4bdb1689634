import assert from "node:assert/strict";
import { percentile } from "../bench/dispatch/load.ts";
import { addToken, type Bearer } from "../support/add_token.ts";
import { registerSample } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { type HostileUser, startHostileUser } from "./hostile_user.ts";
import { type Kind, kindsOf, type LoadWorld } from "./kinds.ts";
import { launchService } from "./launched_service.ts";
import { type ProcessLook, watchProcess } from "./watch_process.ts";

/** How much load. */
export interface LoadOptions {
  /** Requests a second, whether or not earlier ones are answered. */
  readonly rate: number;
  readonly seconds: number;
  /** Evaluations that are under way all the time. */
  readonly evaluations: number;
  /** Whether one user holds as much as possible meanwhile. */
  readonly hostile?: boolean;
}

/** What came of one kind of request; times in milliseconds from when it was due. */
export interface KindResult {
  readonly name: string;
  readonly times: number[];
  /** When each was due, in seconds since the load began. */
  readonly due: number[];
  /** How often it was answered otherwise than it should be, by what came instead. */
  readonly errors: Map<string, number>;
}

/** What came of it all. */
export interface LoadResult {
  readonly kinds: readonly KindResult[];
  readonly evaluationsEnded: number;
  /** What the hostile user was answered, by status; null without one. */
  readonly hostile: ReadonlyMap<string, number> | null;
  /** The process that serves, twice a second. */
  readonly service: readonly ProcessLook[];
  /** Longest time by which the sender itself was late, in milliseconds: it shares the machine. */
  readonly senderLateMs: number;
}

/** Longest wait for one answer, in milliseconds: the load ends by itself. */
const PATIENCE_MS = 30_000;
/** Seconds that one question for the end of an evaluation is held; then it is asked again. */
const EVALUATION_WAIT_S = 60;
const ORDER = { model: "reference", dataset: "sample", bootstrap: false };
const KEY = "load";
/** Those who look on, besides who submits. */
const READERS = 4;

/**
 * Puts a service under load that runs as `deno task start` runs it, with tokens.
 *
 * @param options rate, time, evaluations
 */
export async function runLoad(
  { rate, seconds, evaluations, hostile = false }: LoadOptions,
): Promise<LoadResult> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-load-" });
  try {
    const home = `${folder}/home`;
    await using service = await launchService(folder, {
      MAMMOEVAL_HOME: home,
      MAMMOEVAL_EXECUTOR: "process",
      MAMMOEVAL_CPU_SLOTS: String(Math.max(1, evaluations)),
      MAMMOEVAL_RATE_LIMIT: String(Math.max(60_000, 2 * 60 * rate)),
    });
    const world = await prepare(service.url, home);
    const kinds = await kindsOf(world);
    const stop = new AbortController();
    const workers = Array.from({ length: evaluations }, () => keepEvaluating(world, stop.signal));
    const watching = watchProcess(service.pid, stop.signal);
    const enemy = hostile ? await startEnemy(world, home) : null;
    const sent = await sendMix(kinds, rate, seconds);
    await enemy?.stop();
    stop.abort();
    const counts = await Promise.all(workers);
    const evaluationsEnded = counts.reduce((sum, count) => sum + count, 0);
    const answers = enemy?.answers ?? null;
    return { ...sent, evaluationsEnded, hostile: answers, service: await watching };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What is asked about comes first, while the door stands open; then everybody gets a token. */
async function prepare(url: string, home: string): Promise<LoadWorld> {
  await registerSample(url);
  const owner = await addToken({ home }, "owner", "admin");
  const readers: Bearer[] = [];
  for (let at = 0; at < READERS; at++) {
    readers.push(await addToken({ home }, `reader${at}`, "read"));
  }
  const order = { ...ORDER, experiment: "load" };
  const { id } = await evaluate(url, order, { ...owner, "idempotency-key": KEY });
  const answer = await fetch(`${url}/v1/evaluations/${id}/predictions.csv`, { headers: owner });
  return {
    ...{ url, owner, readers, evaluation: id, order: JSON.stringify(order), key: KEY },
    predictions: await answer.text(),
  };
}

/** Two scores of the same exams are there to be compared, and then it begins. */
async function startEnemy(world: LoadWorld, home: string): Promise<HostileUser> {
  const order = { ...ORDER, experiment: "compared" };
  const { id } = await evaluate(world.url, order, world.owner);
  const bearer = await addToken({ home }, "mallory", "submit");
  return startHostileUser(world, bearer, [world.evaluation, String(id)]);
}

/** Asks for an evaluation and waits until it has succeeded. */
async function evaluate(
  url: string,
  order: Record<string, unknown>,
  headers: Record<string, string>,
): Promise<Json> {
  const { body, status } = await sendJson(`${url}/v1/evaluations`, "POST", order, headers);
  assert.equal(status, 202, JSON.stringify(body));
  const wait = { ...headers, prefer: `wait=${EVALUATION_WAIT_S}` };
  while (true) {
    const { body: now } = await sendJson(
      `${url}/v1/evaluations/${body.id}`,
      "GET",
      undefined,
      wait,
    );
    if (now.status === "succeeded") return now;
    assert.equal(now.finished_at, null, `${now.status}: ${JSON.stringify(now.error)}`);
  }
}

async function keepEvaluating({ url, owner }: LoadWorld, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (; !signal.aborted; count++) await evaluate(url, { ...ORDER, experiment: "beside" }, owner);
  return count;
}

async function sendMix(
  kinds: readonly Kind[],
  rate: number,
  seconds: number,
): Promise<Pick<LoadResult, "kinds" | "senderLateMs">> {
  // 37 has no factor in common with 100: the kinds come mixed, each in its share.
  const deck = kinds.flatMap((kind, index) => Array.from({ length: kind.share }, () => index));
  const results = kinds.map(({ name }): KindResult => ({
    name,
    times: [],
    due: [],
    errors: new Map(),
  }));
  const began = performance.now();
  let senderLateMs = 0;
  const answers: Promise<void>[] = [];
  for (let at = 0; at < rate * seconds; at++) {
    const due = began + (at / rate) * 1000;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    senderLateMs = Math.max(senderLateMs, performance.now() - due);
    const index = deck[(at * 37) % deck.length]!;
    answers.push(sendAndNote(kinds[index]!, results[index]!, due, at / rate));
  }
  await Promise.all(answers);
  return { kinds: results, senderLateMs };
}

async function sendAndNote(
  kind: Kind,
  { times, due, errors }: KindResult,
  dueMs: number,
  dueS: number,
): Promise<void> {
  const error = await send(kind);
  times.push(performance.now() - dueMs);
  due.push(dueS);
  if (error !== null) errors.set(error, (errors.get(error) ?? 0) + 1);
}

async function send({ request, status }: Kind): Promise<string | null> {
  try {
    const response = await fetch(request(), { signal: AbortSignal.timeout(PATIENCE_MS) });
    const body = await response.arrayBuffer();
    if (response.status === status) return null;
    const { detail } = JSON.parse(new TextDecoder().decode(body));
    return `${response.status} ${detail}`;
  } catch (error) {
    return String(error);
  }
}

/** Times of one kind of request, in whole milliseconds. */
export interface Summary {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
}

/** @param times at least one, in milliseconds */
export function summaryOf(times: readonly number[]): Summary {
  const at = (share: number): number => Math.round(percentile(times, share));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), longest: at(1) };
}
