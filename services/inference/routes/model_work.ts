import { createRoute, z } from "@hono/zod-openapi";
import { jsonAnswer, problemAnswer } from "../../../shared/contracts/common.ts";
import {
  type ModelBuild,
  modelBuildSchema,
  type ModelCheck,
  modelCheckRequest,
  modelCheckSchema,
} from "../../../shared/contracts/models.ts";
import { Problem, type ServiceApp, waitPreference } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../app.ts";
import { checkModel } from "../models/check_model.ts";
import { createLatestWork } from "../models/latest_work.ts";
import type { Model } from "../models/model_catalogue.ts";

/** Lines of a build that its answer carries. */
const BUILD_LINES_MAX = 100;

const params = z.object({ name: z.string() });
const headers = z.object({ prefer: z.string().optional().openapi({ example: "wait=60" }) });

/**
 * Hangs `/v1/models/{name}/build` and `/v1/models/{name}/check` on an app. Both go on after the answer
 * unless `Prefer: wait=N` lets the answer wait; what came of the last one is kept until this
 * process ends.
 *
 * @param app the service's app
 * @param deps what the routes work with
 */
export function addModelWorkRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  addBuildRoutes(app, deps);
  addCheckRoutes(app, deps);
}

function addBuildRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  const builds = createLatestWork<ModelBuild>();

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/models/{name}/build",
      summary: "Build a model's image; nothing is done when it is there",
      request: { params, headers },
      responses: {
        200: jsonAnswer(modelBuildSchema, "The build has ended (with Prefer: wait=N)"),
        202: jsonAnswer(modelBuildSchema, "The build goes on: look at it by GET"),
        default: problemAnswer,
      },
    }),
    async (c) => {
      const model = await usableModel(c.req.valid("param").name, deps);
      const done = builds.start(model.name, () => newBuild(model.name), async (update) => {
        const tail: string[] = [];
        const outcome = await deps.executor.provision(model, ({ text }) => {
          tail.push(text);
          if (tail.length > BUILD_LINES_MAX) tail.shift();
        }, new AbortController().signal);
        const ended = { log_tail: tail, finished_at: new Date().toISOString() };
        update((build) =>
          outcome.ok
            ? {
              ...{ ...build, ...ended, status: "passed" },
              image: {
                tag: outcome.value.tag,
                digest: outcome.value.digest,
                built_at: outcome.value.builtAt,
              },
            }
            : { ...build, ...ended, status: "failed", error: { ...outcome.failure } }
        );
      });
      await atMost(done, waitPreference(c.req.header("prefer")));
      const build = builds.get(model.name)!;
      const location = `/v1/models/${model.name}/build`;
      return c.json(build, build.finished_at === null ? 202 : 200, { location });
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/models/{name}/build",
      summary: "The latest build of a model's image",
      request: { params },
      responses: { 200: jsonAnswer(modelBuildSchema, "The build"), default: problemAnswer },
    }),
    (c) => c.json(latest(builds.get(c.req.valid("param").name), "build"), 200),
  );
}

function addCheckRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  const checks = createLatestWork<ModelCheck>();

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/models/{name}/check",
      summary: "Check a model folder: files, build, two runs on each device, predictions",
      request: {
        params,
        headers,
        body: { required: true, content: { "application/json": { schema: modelCheckRequest } } },
      },
      responses: {
        200: jsonAnswer(modelCheckSchema, "The check has ended (with Prefer: wait=N)"),
        202: jsonAnswer(modelCheckSchema, "The check goes on: look at it by GET"),
        default: problemAnswer,
      },
    }),
    async (c) => {
      const { name } = c.req.valid("param");
      const { dataset } = c.req.valid("json");
      await deps.datasets.get(dataset);
      if (await deps.catalogue.inspect(name) === null) throw noFolder(name);
      const { user } = c.get("caller");
      const done = checks.start(name, () => newCheck(name), async (update) => {
        const order = { model: name, dataset, user };
        try {
          await checkModel({
            ...order,
            onFinding: (finding) =>
              update((check) => ({ ...check, findings: [...check.findings, finding] })),
          }, deps);
        } catch (error) {
          deps.log.error("check broke off", { model: name, error: String(error) });
          update((check) => ({ ...check, findings: [...check.findings, brokenOff(error)] }));
        }
        update(concluded);
      });
      await atMost(done, waitPreference(c.req.header("prefer")));
      const check = checks.get(name)!;
      const location = `/v1/models/${name}/check`;
      return c.json(check, check.finished_at === null ? 202 : 200, { location });
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/models/{name}/check",
      summary: "The latest check of a model folder",
      request: { params },
      responses: { 200: jsonAnswer(modelCheckSchema, "The check"), default: problemAnswer },
    }),
    (c) => c.json(latest(checks.get(c.req.valid("param").name), "check"), 200),
  );
}

function newBuild(model: string): ModelBuild {
  return {
    ...{ model, status: "running", image: null, error: null, log_tail: [], finished_at: null },
    started_at: new Date().toISOString(),
  };
}

function newCheck(model: string): ModelCheck {
  return {
    ...{ model, status: "running", findings: [], finished_at: null },
    started_at: new Date().toISOString(),
  };
}

function brokenOff(error: unknown): ModelCheck["findings"][number] {
  const reason = error instanceof Error ? error.message : String(error);
  return { check: "check", result: "failed", message: `It broke off: ${reason}`, details: [] };
}

function concluded(check: ModelCheck): ModelCheck {
  const failed = check.findings.some(({ result }) => result === "failed");
  return { ...check, status: failed ? "failed" : "passed", finished_at: new Date().toISOString() };
}

function latest<T>(state: T | null, what: string): T {
  if (state !== null) return state;
  throw new Problem(
    "not_found",
    `There was no ${what} since mammoeval started: ask for one by POST`,
  );
}

function noFolder(name: string): Problem {
  return new Problem("not_found", `There is no model folder ${JSON.stringify(name)}`);
}

async function usableModel(name: string, { catalogue }: InferenceDependencies): Promise<Model> {
  const lookup = await catalogue.find(name);
  if (lookup.ok) return lookup.model;
  throw new Problem(lookup.reason === "unknown" ? "not_found" : "invalid_model", lookup.message);
}

/** Waits for work to end, at most for so many seconds. */
async function atMost(done: Promise<void>, seconds: number): Promise<void> {
  if (seconds === 0) return void done.catch(() => {});
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([done, over]).finally(() => clearTimeout(timer));
}
