import type { z } from "@hono/zod-openapi";
import type { Comparison, comparisonRequest } from "../shared/contracts/comparisons.ts";
import type { Diagnosis, Readiness } from "../shared/contracts/doctor.ts";
import type { ensembleRequest } from "../shared/contracts/ensembles.ts";
import type { ScreeningSimulation, simulationRequest } from "../shared/contracts/screening.ts";
import type { ScoreReport } from "../shared/contracts/scores.ts";
import type { Usage, usageQuery } from "../shared/contracts/usage.ts";
import { Datasets } from "./datasets.ts";
import { Evaluations } from "./evaluations.ts";
import { Leaderboards } from "./leaderboards.ts";
import { ReaderStudies } from "./reader_studies.ts";
import { Scores } from "./scores.ts";
import {
  type CallOptions,
  createTransport,
  path,
  type Transport,
  waiting,
  type WaitOptions,
  whole,
} from "./transport.ts";
import type {
  ImageList,
  ModelBuild,
  ModelCheck,
  modelCheckRequest,
  ModelList,
  ModelRecord,
} from "../shared/contracts/models.ts";

/** How a mammoeval is reached. */
export interface ConnectOptions {
  /** Base URL, http://127.0.0.1:8000 say. */
  readonly url: string;
  /** The token that it asks for; none where there is no token yet. */
  readonly token?: string | undefined;
  /**
   * How long a service that is busy, or away while something is followed, is waited for, in seconds. 60 unless
   * said otherwise, 0 for not at all.
   */
  readonly patienceSeconds?: number | undefined;
  /** Sends requests; the runtime's own `fetch` unless said otherwise. */
  readonly fetch?: ((request: Request) => Response | Promise<Response>) | undefined;
}

const PATIENCE_S_DEFAULT = 60;

/** One mammoeval, with a method for each route of its API. */
export class Site {
  readonly datasets: Datasets;
  readonly evaluations: Evaluations;
  readonly leaderboards: Leaderboards;
  readonly models: Models;
  readonly readerStudies: ReaderStudies;
  readonly scores: Scores;
  /** Base URL, without a slash at its end. */
  readonly url: string;
  readonly #api: Transport;

  /** @throws {TypeError} when the URL is none */
  constructor({ url, token, patienceSeconds = PATIENCE_S_DEFAULT, fetch }: ConnectOptions) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new TypeError(
        `Cannot connect to ${JSON.stringify(url)}: name a base URL such as http://127.0.0.1:8000`,
      );
    }
    let base = url;
    while (base.endsWith("/")) base = base.slice(0, -1);
    this.url = base;
    this.#api = createTransport({
      url: this.url,
      token: token || null,
      // Called without an object: a browser's fetch refuses any but its own.
      fetch: fetch ?? ((request): Promise<Response> => globalThis.fetch(request)),
      patienceMs: patienceSeconds * 1000,
    });
    this.datasets = new Datasets(this.#api);
    this.evaluations = new Evaluations(this.#api);
    this.leaderboards = new Leaderboards(this.#api);
    this.models = new Models(this.#api);
    this.readerStudies = new ReaderStudies(this.#api);
    this.scores = new Scores(this.#api);
  }

  /** Compares scores over the same exams; nothing is kept. */
  async compare(
    request: z.input<typeof comparisonRequest>,
    options: CallOptions = {},
  ): Promise<Comparison> {
    return await this.#api.json(
      { method: "POST", path: "/v1/comparisons", body: request },
      options,
    );
  }

  /** Simulates screening pathways on the exams of a score; nothing is kept. */
  async simulate(
    request: z.input<typeof simulationRequest>,
    options: CallOptions = {},
  ): Promise<ScreeningSimulation> {
    return await this.#api.json(
      { method: "POST", path: "/v1/screening-simulations", body: request },
      options,
    );
  }

  /** Makes one score of several. */
  async combine(
    request: z.input<typeof ensembleRequest>,
    options: CallOptions = {},
  ): Promise<ScoreReport> {
    return await this.#api.json({ method: "POST", path: "/v1/ensembles", body: request }, options);
  }

  /** @returns how often whom has evaluated what on which data, the last first */
  async usage(
    query: z.input<typeof usageQuery> = {},
    options: CallOptions = {},
  ): Promise<Usage> {
    return await this.#api.json({ method: "GET", path: "/v1/usage", query }, options);
  }

  /** @returns what works on the service's machine, and what does not */
  async doctor(options: CallOptions = {}): Promise<Diagnosis> {
    return await this.#api.json({ method: "GET", path: "/v1/doctor" }, options);
  }

  /** @returns whether it can work, with the reasons why not */
  async readiness(options: CallOptions = {}): Promise<Readiness> {
    const answer = await this.#api.send({ method: "GET", path: "/readyz" }, options, [UNAVAILABLE]);
    return await whole(answer.json(), this.url, options);
  }
}

const UNAVAILABLE = 503;

/**
 * Reaches a mammoeval. Nothing is sent before something is asked for.
 *
 * @returns a method for each route
 *
 * @example
 * ```ts
 * const site = connect({ url: "http://127.0.0.1:8000" });
 * const order = { model: "reference", dataset: "sample", experiment: "exp1" };
 * const { id } = await site.evaluations.submit(order);
 * const { score } = await site.evaluations.waitForEnd(id);
 * ```
 */
export function connect(options: ConnectOptions): Site {
  return new Site(options);
}

/** `/v1/models` and `/v1/images`: model folders, and the container images that are built of them. */
class Models {
  readonly #api: Transport;

  /** @param api sends requests */
  constructor(api: Transport) {
    this.#api = api;
  }

  /** @returns all models, and the folders that cannot be used with the reasons why not */
  async list(options: CallOptions = {}): Promise<ModelList> {
    return await this.#api.json({ method: "GET", path: "/v1/models" }, options);
  }

  /** @returns one model with its parameters */
  async get(name: string, options: CallOptions = {}): Promise<ModelRecord> {
    return await this.#api.json({ method: "GET", path: path`/v1/models/${name}` }, options);
  }

  /** Builds a model's image; nothing is done when it is there. It goes on after the answer. */
  async build(name: string, options: WaitOptions = {}): Promise<ModelBuild> {
    const order = { path: path`/v1/models/${name}/build`, headers: waiting(options) };
    return await this.#api.json({ method: "POST", ...order }, options);
  }

  /** @returns the latest build of a model's image since the service started */
  async latestBuild(name: string, options: CallOptions = {}): Promise<ModelBuild> {
    return await this.#api.json({ method: "GET", path: path`/v1/models/${name}/build` }, options);
  }

  /** Checks a model folder: files, build, two runs on each device, predictions. It goes on after the answer. */
  async check(
    name: string,
    request: z.input<typeof modelCheckRequest>,
    options: WaitOptions = {},
  ): Promise<ModelCheck> {
    const order = { path: path`/v1/models/${name}/check`, headers: waiting(options) };
    return await this.#api.json({ method: "POST", ...order, body: request }, options);
  }

  /** @returns the latest check of a model folder since the service started */
  async latestCheck(name: string, options: CallOptions = {}): Promise<ModelCheck> {
    return await this.#api.json({ method: "GET", path: path`/v1/models/${name}/check` }, options);
  }

  /** @returns the container images that were built here, oldest first */
  async images(options: CallOptions = {}): Promise<ImageList> {
    return await this.#api.json({ method: "GET", path: "/v1/images" }, options);
  }

  /** Removes images that no model folder needs and no container uses; answers with what was removed. */
  async pruneImages(options: CallOptions = {}): Promise<ImageList> {
    return await this.#api.json({ method: "POST", path: "/v1/images/prune" }, options);
  }
}
