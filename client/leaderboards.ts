import type { z } from "@hono/zod-openapi";
import type { Leaderboard, leaderboardListSchema } from "../shared/contracts/leaderboards.ts";
import { path, Resource } from "./transport.ts";
import type { CallOptions } from "./transport.ts";

type LeaderboardList = z.infer<typeof leaderboardListSchema>;

/** A dataset that has scores. */
export type LeaderboardHeading = LeaderboardList["items"][number];

/** `/v1/leaderboards`: all models on one dataset. */
export class Leaderboards extends Resource {
  /** Yields the datasets that have scores. */
  list(options: CallOptions = {}): AsyncGenerator<LeaderboardHeading, void, undefined> {
    return this.api.items("/v1/leaderboards", {}, options);
  }

  /** Returns all models on a dataset, the best first. */
  async get(dataset: string, options: CallOptions = {}): Promise<Leaderboard> {
    return await this.api.json({ path: path`/v1/leaderboards/${dataset}` }, options);
  }

  /** Returns every value of all scores on a dataset as CSV, or of one model's. */
  async scoresCsv(
    dataset: string,
    query: { readonly model?: string } = {},
    options: CallOptions = {},
  ): Promise<string> {
    const order = { path: path`/v1/leaderboards/${dataset}/scores.csv`, query };
    return await this.api.text(order, options);
  }

  /**
   * Returns the predictions of all models on a dataset side by side as CSV, or of one model's experiments; only with
   * access to the truth.
   */
  async predictionsCsv(
    dataset: string,
    query: { readonly model?: string } = {},
    options: CallOptions = {},
  ): Promise<string> {
    const order = { path: path`/v1/leaderboards/${dataset}/predictions.csv`, query };
    return await this.api.text(order, options);
  }

  /** Returns the leaderboard as CSV. */
  async csv(dataset: string, options: CallOptions = {}): Promise<string> {
    const order = { path: path`/v1/leaderboards/${dataset}`, headers: { accept: "text/csv" } };
    return await this.api.text(order, options);
  }
}
