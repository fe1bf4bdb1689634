import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";

/** One kind of request in the mix. */
export interface Kind {
  readonly name: string;
  /** Of a hundred requests. */
  readonly share: number;
  /** The only status that is no error. */
  readonly status: number;
  request(): Request;
}

/** What the requests are made of. */
export interface LoadWorld {
  readonly url: string;
  /** An evaluation that has succeeded; its score has the same id. */
  readonly evaluation: string;
  /** Body of the request that made it, and its key: asked again it is the same evaluation. */
  readonly order: string;
  readonly key: string;
  readonly predictions: string;
}

/** @returns the mix; the shares add up to a hundred */
export async function kindsOf(world: LoadWorld): Promise<Kind[]> {
  const { url, evaluation, order, key, predictions } = world;
  let seed = 0;
  const list = await Deno.readFile(join(PROJECT, "sample_data/data.pkl"));
  const get = (name: string, share: number, path: string, status = 200): Kind => (
    { name, share, status, request: () => new Request(url + path) }
  );
  const post = (
    name: string,
    share: number,
    status: number,
    path: string,
    init: () => RequestInit,
  ): Kind => (
    { name, share, status, request: () => new Request(url + path, { method: "POST", ...init() }) }
  );
  const json = { "content-type": "application/json" };
  return [
    get("evaluation", 22, `/v1/evaluations/${evaluation}`),
    get("evaluations", 12, "/v1/evaluations"),
    get("score", 16, `/v1/scores/${evaluation}`),
    get("scores", 6, "/v1/scores"),
    get("datasets", 8, "/v1/datasets"),
    get("exams", 3, "/v1/datasets/sample/exams"),
    get("start page", 4, "/"),
    get("report page", 3, `/reports/${evaluation}`),
    get("leaderboard", 3, "/v1/leaderboards/sample"),
    get("plot", 4, `/v1/scores/${evaluation}/breast/roc.png`),
    get("events of the end", 3, `/v1/evaluations/${evaluation}/events`),
    get("unknown id", 6, "/v1/evaluations/none", 404),
    post("bad JSON", 4, 400, "/v1/evaluations", () => ({ headers: json, body: "{" })),
    post("repeated key", 5, 202, "/v1/evaluations", () => (
      { headers: { ...json, "idempotency-key": key }, body: order }
    )),
    post("upload to score", 1, 201, "/v1/scores", () => {
      const body = new FormData();
      body.set("data_list", new File([list], "data.pkl"));
      body.set("predictions", new File([predictions], "predictions.csv"));
      // The same content would be scored once: another seed makes it new.
      body.set("bootstrap", JSON.stringify({ replicates: 200, seed: ++seed }));
      return { body };
    }),
  ];
}
