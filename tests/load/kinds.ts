import { join } from "node:path";
import type { Bearer } from "../support/add_token.ts";
import { PROJECT } from "../support/embedded_service.ts";

/** One kind of request in the mix. */
export interface Kind {
  readonly name: string;
  /** Of a hundred requests. */
  readonly share: number;
  /** The only status that is no error. */
  readonly status: number;
  /** The request, in the name of one of those who look or of who may change things. */
  request(): Request;
}

/** What the requests are made of. */
export interface LoadWorld {
  readonly url: string;
  /** Who may change things. */
  readonly owner: Bearer;
  /** Who look on; each asks in turn. */
  readonly readers: readonly Bearer[];
  /** An evaluation that has succeeded; its score has the same id. */
  readonly evaluation: string;
  /** Body of the request that made it, and its key: asked again it is the same evaluation. */
  readonly order: string;
  readonly key: string;
  readonly predictions: string;
}

/** @returns the mix; the shares add up to a hundred */
export async function kindsOf(world: LoadWorld): Promise<Kind[]> {
  const { url, owner, readers, evaluation, order, key, predictions } = world;
  const list = await Deno.readFile(join(PROJECT, "sample_data/data.pkl"));
  const headers = { ...owner, "content-type": "application/json" };
  let turn = 0;
  let seed = 0;
  const get = (name: string, share: number, path: string, status = 200): Kind => (
    {
      ...{ name, share, status },
      request: () => new Request(url + path, { headers: readers[turn++ % readers.length]! }),
    }
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
  return [
    get("evaluation", 22, `/v1/evaluations/${evaluation}`),
    get("evaluations", 12, "/v1/evaluations"),
    get("score", 16, `/v1/scores/${evaluation}`),
    get("scores", 6, "/v1/scores"),
    get("datasets", 8, "/v1/datasets"),
    // Who may not see the truth gets no list of exams.
    {
      ...{ name: "exams", share: 3, status: 200 },
      request: () => new Request(`${url}/v1/datasets/sample/exams`, { headers: owner }),
    },
    get("models", 2, "/v1/models"),
    get("start page", 4, "/"),
    get("report page", 3, `/reports/${evaluation}`),
    get("leaderboard", 3, "/v1/leaderboards/sample"),
    get("plot", 4, `/v1/scores/${evaluation}/breast/roc.png`),
    get("events of the end", 3, `/v1/evaluations/${evaluation}/events`),
    get("readiness", 1, "/readyz"),
    get("unknown id", 3, "/v1/evaluations/none", 404),
    post("bad JSON", 4, 400, "/v1/evaluations", () => ({ headers, body: "{" })),
    post("repeated key", 5, 202, "/v1/evaluations", () => (
      { headers: { ...headers, "idempotency-key": key }, body: order }
    )),
    post("upload to score", 1, 201, "/v1/scores", () => {
      const body = new FormData();
      body.set("data_list", new File([list], "data.pkl"));
      body.set("predictions", new File([predictions], "predictions.csv"));
      // The same content would be scored once: another seed makes it new.
      body.set("bootstrap", JSON.stringify({ replicates: 400, seed: ++seed }));
      return { headers: owner, body };
    }),
  ];
}
