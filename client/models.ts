import type { z } from "@hono/zod-openapi";
import type {
  ImageList,
  ModelBuild,
  ModelCheck,
  modelCheckRequest,
  ModelList,
  ModelRecord,
} from "../shared/contracts/models.ts";
import { type CallOptions, path, type Transport, waiting, type WaitOptions } from "./transport.ts";

/** `/v1/models` and `/v1/images`: model folders, and the container images that are built of them. */
export class Models {
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
