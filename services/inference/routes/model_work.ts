import { within } from "../../../shared/async.ts";
import { z } from "@hono/zod-openapi";
import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import {
  type ModelBuild,
  modelBuildSchema,
  type ModelCheck,
  modelCheckRequest,
  modelCheckSchema,
} from "../../../shared/contracts/models.ts";
import { modelName, preferHeader } from "../../../shared/contracts/parameters.ts";
import { Problem, type ServiceApp, waitPreference } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../dependencies.ts";
import { refused } from "../engine/executor.ts";
import type { ContainerImage, Failure, OnLine, Outcome } from "../engine/executor.ts";
import { checkModel } from "../submission/check_model.ts";
import { createLatestWork } from "../models/latest_work.ts";
import type { Model } from "../models/model_catalogue.ts";

const route = routesOf("models");

const BUILD_LINES_MAX = 100;

/** Failure of work that was running when mammoeval ended. */
const CUT_SHORT: Failure = {
  type: "interrupted",
  message: "mammoeval was restarted during it: request it again",
};

const params = z.object({ name: modelName });
const headers = z.object({ prefer: preferHeader });

const postBuildRoute = route("post", "/v1/models/{name}/build", "buildModel", {
  summary: "Build a model's image, if it does not exist",
  description: "An evaluation builds a missing image; this request does it in advance. The " +
    "build continues after the answer; with `Prefer: wait=N` the answer waits for it.",
  request: { params, headers },
  responses: {
    200: jsonAnswer(modelBuildSchema, "The build has ended (with Prefer: wait=N)", "Location"),
    202: jsonAnswer(modelBuildSchema, "The build continues: follow it with GET", "Location"),
    ...problems("not_found", "invalid_model"),
  },
});

const getBuildRoute = route("get", "/v1/models/{name}/build", "getModelBuild", {
  summary: "The latest build of a model's image",
  description: "Its state and the end of its output.",
  request: { params },
  responses: { 200: jsonAnswer(modelBuildSchema, "The build"), ...problems("not_found") },
});

const postCheckRoute = route("post", "/v1/models/{name}/check", "checkModel", {
  summary: "Check a model folder: files, build, two runs on each device, predictions",
  description:
    "A folder must pass this check to be contributed. It runs evaluations of the experiment " +
    "`contribution_check` and continues after the answer; with `Prefer: wait=N` the answer waits for it.",
  request: { params, headers, body: jsonBody(modelCheckRequest) },
  responses: {
    200: jsonAnswer(modelCheckSchema, "The check has ended (with Prefer: wait=N)", "Location"),
    202: jsonAnswer(modelCheckSchema, "The check continues: follow it with GET", "Location"),
    ...problems("invalid_request", "not_found", "unsupported_media_type"),
  },
});

const getCheckRoute = route("get", "/v1/models/{name}/check", "getModelCheck", {
  summary: "The latest check of a model folder",
  description: "Every finding so far.",
  request: { params },
  responses: { 200: jsonAnswer(modelCheckSchema, "The check"), ...problems("not_found") },
});

/** Builds and checks of models. Both continue after the answer; the ledger keeps the latest result. */
export function addModelWorkRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  addBuildRoutes(app, deps);
  addCheckRoutes(app, deps);
}

function addBuildRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  const builds = createLatestWork<ModelBuild>({
    kept: deps.ledger.work.builds,
    cutShort: (build) => build.finished_at === null ? buildFailed(build, CUT_SHORT) : build,
    onFault: (error) => deps.log.error("build not recorded", { error: String(error) }),
  });

  app.openapi(postBuildRoute, async (c) => {
    const model = await usableModel(c.req.valid("param").name, deps);
    const done = builds.start(
      model.name,
      () => newBuild(model.name),
      async ({ show, update }) => {
        const onLine: OnLine = ({ text }) =>
          show((build) => ({
            ...build,
            log_tail: [...build.log_tail, text].slice(-BUILD_LINES_MAX),
          }));
        const outcome = await deps.executor
          .provision(model, onLine, new AbortController().signal)
          .catch((error: unknown) => brokenBuild(error));
        update((build) =>
          outcome.ok ? buildPassed(build, outcome.value) : buildFailed(build, outcome.failure)
        );
      },
    );
    await atMost(done, waitPreference(c.req.header("prefer")));
    const build = builds.get(model.name)!;
    const location = `/v1/models/${model.name}/build`;
    return c.json(build, build.finished_at === null ? 202 : 200, { location });
  });

  app.openapi(
    getBuildRoute,
    (c) => c.json(latest(builds.get(c.req.valid("param").name), "build"), 200),
  );
}

function addCheckRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  const checks = createLatestWork<ModelCheck>({
    kept: deps.ledger.work.checks,
    cutShort: (check) =>
      check.finished_at === null
        ? concluded({ ...check, findings: [...check.findings, brokenOff(CUT_SHORT.message)] })
        : check,
    onFault: (error) => deps.log.error("check not recorded", { error: String(error) }),
  });

  app.openapi(postCheckRoute, async (c) => {
    const { name } = c.req.valid("param");
    const { dataset, shards } = c.req.valid("json");
    await deps.datasets.get(dataset);
    if (await deps.catalogue.inspect(name) === null) throw noFolder(name);
    const caller = c.get("caller");
    const done = checks.start(name, () => newCheck(name), async ({ update }) => {
      const order = { model: name, dataset, shards, caller };
      try {
        await checkModel({
          ...order,
          onFinding: (finding) =>
            update((check) => ({ ...check, findings: [...check.findings, finding] })),
        }, deps);
      } catch (error) {
        deps.log.error("check interrupted", { model: name, error: String(error) });
        const finding = brokenOff(`The check failed: ${messageOf(error)}`);
        update((check) => ({ ...check, findings: [...check.findings, finding] }));
      }
      update(concluded);
    });
    await atMost(done, waitPreference(c.req.header("prefer")));
    const check = checks.get(name)!;
    const location = `/v1/models/${name}/check`;
    return c.json(check, check.finished_at === null ? 202 : 200, { location });
  });

  app.openapi(
    getCheckRoute,
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

function buildPassed(build: ModelBuild, { tag, digest, builtAt }: ContainerImage): ModelBuild {
  const image = { tag, digest, built_at: builtAt };
  return { ...build, status: "passed", image, finished_at: new Date().toISOString() };
}

function buildFailed(build: ModelBuild, { type, message }: Failure): ModelBuild {
  const error = { type, message };
  return { ...build, status: "failed", error, finished_at: new Date().toISOString() };
}

function brokenBuild(error: unknown): Outcome<ContainerImage> {
  return refused("image_build_failed", `The build failed: ${messageOf(error)}`);
}

function brokenOff(message: string): ModelCheck["findings"][number] {
  return { check: "check", result: "failed", message, details: [] };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function concluded(check: ModelCheck): ModelCheck {
  const failed = check.findings.some(({ result }) => result === "failed");
  return { ...check, status: failed ? "failed" : "passed", finished_at: new Date().toISOString() };
}

function latest<T>(state: T | null, what: string): T {
  if (state !== null) return state;
  throw new Problem(
    "not_found",
    `There is no ${what} yet: request one with POST`,
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

async function atMost(done: Promise<void>, seconds: number): Promise<void> {
  if (seconds === 0) return void done.catch(() => {});
  await within(done, seconds * 1000);
}
