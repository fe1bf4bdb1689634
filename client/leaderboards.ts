import type { z } from "@hono/zod-openapi";
import type { Leaderboard, leaderboardListSchema } from "../shared/contracts/leaderboards.ts";
import { itemsOf } from "./pages.ts";
import { type CallOptions, path, type Transport } from "./transport.ts";

type LeaderboardList = z.infer<typeof leaderboardListSchema>;

/** A dataset that has scores. */
export type LeaderboardHeading = LeaderboardList["items"][number];

/** `/v1/leaderboards`: all models on one dataset. */
export class Leaderboards {
  readonly #api: Transport;

  constructor(api: Transport) {
    this.#api = api;
  }

  /** Yields the datasets that have scores. */
  list(options: CallOptions = {}): AsyncGenerator<LeaderboardHeading, void, undefined> {
    return itemsOf((cursor) =>
      this.#api.json<LeaderboardList>(
        { method: "GET", path: "/v1/leaderboards", query: { cursor } },
        options,
      )
    );
  }

  /** Returns all models on a dataset, the best first. */
  async get(dataset: string, options: CallOptions = {}): Promise<Leaderboard> {
    const order = { path: path`/v1/leaderboards/${dataset}` };
    return await this.#api.json({ method: "GET", ...order }, options);
  }

  /** Returns the leaderboard as CSV. */
  async csv(dataset: string, options: CallOptions = {}): Promise<string> {
    const order = { path: path`/v1/leaderboards/${dataset}`, headers: { accept: "text/csv" } };
    return await this.#api.text({ method: "GET", ...order }, options);
  }
}
