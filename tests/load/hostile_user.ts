import type { LoadWorld } from "./kinds.ts";
import type { Bearer } from "../support/add_token.ts";

/** What one user does who wants the service for himself. */
export interface HostileUser {
  /** How often it was answered, by status; "broken" where the connection ended without an answer. */
  readonly answers: ReadonlyMap<string, number>;
  /** Ends it, and waits until nothing of it runs. */
  stop(): Promise<void>;
}

/** Uploads that are begun and never go on, and comparisons that are asked for at a time. */
const STALLED_UPLOADS = 200;
const COMPARISONS_AT_ONCE = 8;
/** Pause after each answer, in milliseconds: this is no flood, which the rate limit is for. */
const PAUSE_MS = 2000;

/**
 * Lets a model author hold as many places as possible: uploads of which a few bytes come and then nothing, and
 * comparisons, always a new one, with as many replicates as may be asked for.
 *
 * @param world the service
 * @param bearer the user's token
 * @param others what may be compared: ids of two scores of the same exams
 */
export function startHostileUser(
  { url }: Pick<LoadWorld, "url">,
  bearer: Bearer,
  others: readonly [string, string],
): HostileUser {
  const answers = new Map<string, number>();
  const abort = new AbortController();

  async function count(request: () => Request): Promise<void> {
    let status = "broken";
    try {
      const answer = await fetch(request(), { signal: abort.signal });
      status = String(answer.status);
      await answer.body?.cancel();
    } catch {
      if (abort.signal.aborted) return;
    }
    answers.set(status, (answers.get(status) ?? 0) + 1);
  }

  async function again(request: () => Request): Promise<void> {
    while (!abort.signal.aborted) {
      await count(request);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  let seed = 0;
  const upload = (): Request =>
    new Request(`${url}/v1/scores`, {
      method: "POST",
      headers: { ...bearer, "content-type": "multipart/form-data; boundary=x" },
      body: new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("--x\r\n")),
      }),
    });
  const comparison = (): Request =>
    new Request(`${url}/v1/comparisons`, {
      method: "POST",
      headers: { ...bearer, "content-type": "application/json" },
      body: JSON.stringify({ scores: others, bootstrap: { replicates: 100_000, seed: ++seed } }),
    });
  const running = [
    ...Array.from({ length: STALLED_UPLOADS }, () => again(upload)),
    ...Array.from({ length: COMPARISONS_AT_ONCE }, () => again(comparison)),
  ];
  return {
    answers,
    async stop(): Promise<void> {
      abort.abort();
      await Promise.all(running);
    },
  };
}
