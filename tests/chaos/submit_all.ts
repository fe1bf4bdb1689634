import { type Json, sendJson } from "../support/http.ts";
import type { ChaosSite } from "./chaos_site.ts";

/** Pause before a request that was not answered is sent again, in milliseconds. */
const AGAIN_MS = 100;

/**
 * Asks for evaluations, one experiment each, as a careful client does: with an idempotency key, and
 * again with the same one until there is an answer.
 *
 * @param site to ask
 * @param count how many
 * @param signal ends the asking
 * @returns ids as they were accepted
 */
export async function submitAll(
  site: ChaosSite,
  count: number,
  signal: AbortSignal,
): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const id = await submitOne(site, at, signal);
    if (id === null) break;
    ids.push(id);
  }
  return ids;
}

async function submitOne(
  site: ChaosSite,
  at: number,
  signal: AbortSignal,
): Promise<string | null> {
  const body = {
    model: site.model.name,
    experiment: `chaos${at}`,
    dataset: "sample",
    bootstrap: false,
  };
  while (!signal.aborted) {
    const answer = await send(`${site.url}/v1/evaluations`, body, `chaos-${at}`);
    if (answer !== null && answer.status === 202) return answer.body.id;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  return null;
}

async function send(
  url: string,
  body: Json,
  key: string,
): Promise<{ status: number; body: Json } | null> {
  try {
    return await sendJson(url, "POST", body, { "idempotency-key": key });
  } catch {
    // Inference is dead just now.
    return null;
  }
}
