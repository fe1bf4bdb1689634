import { percentile } from "../bench/dispatch/load.ts";
import { ended, evaluate, registerSample } from "../support/evaluations.ts";
import { sendJson } from "../support/http.ts";
import { startServiceProcess } from "../support/service_process.ts";
import { type Kind, kindsOf } from "./kinds.ts";

/** How much load. */
export interface LoadOptions {
  /** Requests a second, whether or not earlier ones are answered. */
  readonly rate: number;
  readonly seconds: number;
  /** Evaluations that are under way all the time. */
  readonly evaluations: number;
}

/** What came of one kind of request; times in milliseconds from when it was due. */
export interface KindResult {
  readonly name: string;
  readonly times: number[];
}

/** What came of it all. */
export interface LoadResult {
  readonly kinds: readonly KindResult[];
  /** What was answered otherwise than it should be, the first of each sort. */
  readonly errors: readonly string[];
  readonly errorCount: number;
  readonly evaluationsEnded: number;
  /** Memory of the service each second, in MiB. */
  readonly rssMib: readonly number[];
}

/** Longest wait for one answer, in milliseconds: the load ends by itself. */
const PATIENCE_MS = 30_000;
const KEY = "load";

/**
 * Puts a service in a process of its own under load.
 *
 * @param options rate, time, evaluations
 */
export async function runLoad({ rate, seconds, evaluations }: LoadOptions): Promise<LoadResult> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-load-" });
  try {
    await using service = await startServiceProcess({
      home: `${folder}/home`,
      environment: { MAMMOEVAL_EXECUTOR: "process", MAMMOEVAL_CPU_SLOTS: String(evaluations) },
    });
    const { url } = service;
    const kinds = await kindsOf(await prepare(url));
    const stop = new AbortController();
    const workers = Array.from({ length: evaluations }, () => keepEvaluating(url, stop.signal));
    const rss = watchMemory(service.pid!, stop.signal);
    const results = await sendMix(kinds, rate, seconds);
    stop.abort();
    const counts = await Promise.all(workers);
    const evaluationsEnded = counts.reduce((sum, count) => sum + count, 0);
    return { ...results, evaluationsEnded, rssMib: await rss };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function prepare(url: string): Promise<Parameters<typeof kindsOf>[0]> {
  await registerSample(url);
  const body = { model: "reference", experiment: "load", dataset: "sample", bootstrap: false };
  const first = await sendJson(`${url}/v1/evaluations`, "POST", body, { "idempotency-key": KEY });
  const { id } = await ended(url, first.body.id);
  const predictions = await (await fetch(`${url}/v1/evaluations/${id}/predictions.csv`)).text();
  return { url, evaluation: id, order: JSON.stringify(body), key: KEY, predictions };
}

async function keepEvaluating(url: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (; !signal.aborted; count++) await evaluate(url, "reference", { experiment: "beside" });
  return count;
}

async function watchMemory(pid: number, signal: AbortSignal): Promise<number[]> {
  const seen: number[] = [];
  while (!signal.aborted) {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    seen.push(Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024));
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return seen;
}

async function sendMix(
  kinds: readonly Kind[],
  rate: number,
  seconds: number,
): Promise<Pick<LoadResult, "kinds" | "errors" | "errorCount">> {
  // 37 has no factor in common with 100: the kinds come mixed, each in its share.
  const deck = kinds.flatMap((kind, index) => Array.from({ length: kind.share }, () => index));
  const results = kinds.map(({ name }): KindResult => ({ name, times: [] }));
  const errors = new Set<string>();
  let errorCount = 0;
  const began = performance.now();
  const under = Array.from({ length: rate * seconds }, async (_, at) => {
    const due = began + (at / rate) * 1000;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const index = deck[(at * 37) % deck.length]!;
    const error = await send(kinds[index]!);
    results[index]!.times.push(performance.now() - due);
    if (error === null) return;
    errorCount++;
    errors.add(`${kinds[index]!.name}: ${error}`);
  });
  await Promise.all(under);
  return { kinds: results, errors: [...errors].slice(0, 20), errorCount };
}

async function send({ request, status }: Kind): Promise<string | null> {
  try {
    const response = await fetch(request(), { signal: AbortSignal.timeout(PATIENCE_MS) });
    const body = await response.arrayBuffer();
    if (response.status === status) return null;
    return `${response.status} ${new TextDecoder().decode(body).slice(0, 200)}`;
  } catch (error) {
    return String(error);
  }
}

/** @returns median and 99th percentile, in whole milliseconds */
export function summaryOf(times: readonly number[]): { p50: number; p99: number } {
  if (times.length === 0) return { p50: 0, p99: 0 };
  return { p50: Math.round(percentile(times, 0.5)), p99: Math.round(percentile(times, 0.99)) };
}
