import { createHash } from "node:crypto";
import { Problem } from "../../../shared/http/mod.ts";
import type { KeptAnswer, Ledger } from "../ledger/ledger.ts";

/** Executes a request; receives a function that makes the entry to store, or null without a key. */
type OnceWork<T> = (
  keep: ((evaluation: string, body: string) => { key: string; answer: KeptAnswer }) | null,
) => Promise<T>;

export interface AskedKey {
  readonly user: string;
  readonly key: string | undefined;
}

/** Handles requests with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). */
export interface IdempotencyGuard {
  /**
   * Runs the work once for each user and key, and stores its answer with the evaluation; a failure frees the key.
   * @param body distinguishes a repeated request from another one with the same key
   * @throws {Problem} `idempotency_key_reused` or `request_in_flight`
   */
  once<T>(
    asked: AskedKey,
    body: unknown,
    work: OnceWork<T>,
  ): Promise<{ fresh: T } | { kept: KeptAnswer }>;
}

/** Maximum length of a key; a UUID has 36 characters. */
const KEY_CHARS_MAX = 255;

export function createIdempotencyGuard(ledger: Ledger): IdempotencyGuard {
  const inFlight = new Set<string>();
  return {
    async once<T>(
      asked: AskedKey,
      body: unknown,
      work: OnceWork<T>,
    ): Promise<{ fresh: T } | { kept: KeptAnswer }> {
      if (asked.key === undefined) return { fresh: await work(null) };
      if (asked.key.length === 0 || asked.key.length > KEY_CHARS_MAX) {
        throw new Problem(
          "invalid_request",
          `Idempotency-Key: must have 1 to ${KEY_CHARS_MAX} characters`,
        );
      }
      const key = `${asked.user} ${asked.key}`;
      const fingerprint = fingerprintOf(body);
      const kept = ledger.keptAnswer(key);
      if (kept !== null) {
        if (kept.fingerprint === fingerprint) return { kept };
        throw new Problem(
          "idempotency_key_reused",
          "This Idempotency-Key was used with a different body: use a new key",
        );
      }
      if (inFlight.has(key)) {
        throw new Problem(
          "request_in_flight",
          "The first request with this Idempotency-Key is still in progress",
          { headers: { "retry-after": "1" } },
        );
      }
      inFlight.add(key);
      try {
        return {
          fresh: await work((evaluation, text) => ({
            key,
            answer: { fingerprint, evaluation, body: text },
          })),
        };
      } finally {
        inFlight.delete(key);
      }
    },
  };
}

function fingerprintOf(body: unknown): string {
  return createHash("sha256").update(JSON.stringify(body, sortedKeys)).digest("hex");
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
