import type { z } from "@hono/zod-openapi";
import type { Comparison, comparisonRequest } from "../shared/contracts/comparisons.ts";
import type { Diagnosis, Readiness } from "../shared/contracts/doctor.ts";
import type { ensembleRequest } from "../shared/contracts/ensembles.ts";
import type { PairedDecisions, pairedRequest } from "../shared/contracts/paired_decisions.ts";
import type { analysisRequest, ScoreAnalysis } from "../shared/contracts/score_analyses.ts";
import type { ScreeningSimulation, simulationRequest } from "../shared/contracts/screening.ts";
import type { ScoreReport } from "../shared/contracts/scores.ts";
import type { Usage, usageQuery } from "../shared/contracts/usage.ts";
import { Datasets } from "./datasets.ts";
import { Evaluations } from "./evaluations.ts";
import { Leaderboards } from "./leaderboards.ts";
import { ReaderStudies } from "./reader_studies.ts";
import { Scores } from "./scores.ts";
import { createTransport, path, Resource, waiting, whole } from "./transport.ts";
import type { CallOptions, Transport, WaitOptions } from "./transport.ts";
import type {
  ImageList,
  ModelBuild,
  ModelCheck,
  modelCheckRequest,
  ModelList,
  ModelRecord,
} from "../shared/contracts/models.ts";

/** How to connect to a mammoeval service. */
export interface ConnectOptions {
  /** Base URL, such as http://127.0.0.1:8000. */
  readonly url: string;
  /** Access token; none if the service has no tokens yet. */
  readonly token?: string | undefined;
  /** Seconds to keep retrying while the service is busy or away; default 60, 0 for no retries. */
  readonly patienceSeconds?: number | undefined;
  /** Sends requests; default: the runtime's own `fetch`. */
  readonly fetch?: ((request: Request) => Response | Promise<Response>) | undefined;
}

const PATIENCE_S_DEFAULT = 60;

/** A mammoeval service, with a method for each route of its API. */
export class Site {
  readonly datasets: Datasets;
  readonly evaluations: Evaluations;
  readonly leaderboards: Leaderboards;
  readonly models: Models;
  readonly readerStudies: ReaderStudies;
  readonly scores: Scores;
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly #api: Transport;

  /** @throws {TypeError} if the URL is invalid */
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
      // Called on globalThis: a browser's fetch refuses any other object.
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

  /** Compares scores over the same exams; the result is not stored. */
  async compare(
    request: z.input<typeof comparisonRequest>,
    options: CallOptions = {},
  ): Promise<Comparison> {
    return await this.#api.json({ path: "/v1/comparisons", body: request }, options);
  }

  /** Simulates screening pathways on the exams of a score; the result is not stored. */
  async simulate(
    request: z.input<typeof simulationRequest>,
    options: CallOptions = {},
  ): Promise<ScreeningSimulation> {
    return await this.#api.json({ path: "/v1/screening-simulations", body: request }, options);
  }

  /** Measures a score for decisions: weights, horizons, thresholds; the result is not stored. */
  async analyse(
    request: z.input<typeof analysisRequest>,
    options: CallOptions = {},
  ): Promise<ScoreAnalysis> {
    return await this.#api.json({ path: "/v1/score-analyses", body: request }, options);
  }

  /** Compares decisions of models, readers and the consensus; the result is not stored. */
  async compareDecisions(
    request: z.input<typeof pairedRequest>,
    options: CallOptions = {},
  ): Promise<PairedDecisions> {
    return await this.#api.json({ path: "/v1/paired-decisions", body: request }, options);
  }

  /** Combines several scores into one. */
  async combine(
    request: z.input<typeof ensembleRequest>,
    options: CallOptions = {},
  ): Promise<ScoreReport> {
    return await this.#api.json({ path: "/v1/ensembles", body: request }, options);
  }

  /** Returns the evaluations counted by user, model version and data, the latest first. */
  async usage(query: z.input<typeof usageQuery> = {}, options: CallOptions = {}): Promise<Usage> {
    return await this.#api.json({ path: "/v1/usage", query }, options);
  }

  /** Returns what works on the service's machine and what does not. */
  async doctor(options: CallOptions = {}): Promise<Diagnosis> {
    return await this.#api.json({ path: "/v1/doctor" }, options);
  }

  /** Returns whether the service can work, with reasons if not. */
  async readiness(options: CallOptions = {}): Promise<Readiness> {
    const answer = await this.#api.send({ path: "/readyz" }, options, [UNAVAILABLE]);
    return await whole(answer.json(), this.url, options);
  }
}

const UNAVAILABLE = 503;

/**
 * Creates a client with a method for each route. It sends nothing before the first call.
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

/** `/v1/models` and `/v1/images`: model folders, and the container images built from them. */
class Models extends Resource {
  /** Returns all models, and the unusable folders with reasons. */
  async list(options: CallOptions = {}): Promise<ModelList> {
    return await this.api.json({ path: "/v1/models" }, options);
  }

  /** Returns one model with its parameters. */
  async get(name: string, options: CallOptions = {}): Promise<ModelRecord> {
    return await this.api.json({ path: path`/v1/models/${name}` }, options);
  }

  /** Builds a model's image unless it exists. The build may continue after the response. */
  async build(name: string, options: WaitOptions = {}): Promise<ModelBuild> {
    const order = { path: path`/v1/models/${name}/build`, headers: waiting(options) };
    return await this.api.json({ method: "POST", ...order }, options);
  }

  /** Returns the latest build of a model's image since the service started. */
  async latestBuild(name: string, options: CallOptions = {}): Promise<ModelBuild> {
    return await this.api.json({ path: path`/v1/models/${name}/build` }, options);
  }

  /** Checks a model folder; the check may continue after the response. */
  async check(
    name: string,
    request: z.input<typeof modelCheckRequest>,
    options: WaitOptions = {},
  ): Promise<ModelCheck> {
    const order = { path: path`/v1/models/${name}/check`, headers: waiting(options) };
    return await this.api.json({ ...order, body: request }, options);
  }

  /** Returns the latest check of a model folder since the service started. */
  async latestCheck(name: string, options: CallOptions = {}): Promise<ModelCheck> {
    return await this.api.json({ path: path`/v1/models/${name}/check` }, options);
  }

  /** Returns the container images built here, oldest first. */
  async images(options: CallOptions = {}): Promise<ImageList> {
    return await this.api.json({ path: "/v1/images" }, options);
  }

  /** Removes images that no model folder needs and no container uses; returns the removed ones. */
  async pruneImages(options: CallOptions = {}): Promise<ImageList> {
    return await this.api.json({ method: "POST", path: "/v1/images/prune" }, options);
  }
}
