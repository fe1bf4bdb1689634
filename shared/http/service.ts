import type { Fetch } from "./service_client.ts";

/** A service, ready to answer. */
export interface Service {
  /** Answers one request. */
  readonly fetch: Fetch;
  /** Stops background work and closes what is open; what is unfinished goes on at the next start. */
  stop(): Promise<void>;
}
