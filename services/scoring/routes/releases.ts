import { z } from "@hono/zod-openapi";
import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { scoreId } from "../../../shared/contracts/parameters.ts";
import { releaseRequest, releaseSchema } from "../../../shared/contracts/releases.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { readScoresAs } from "../store/score_reader.ts";

const route = routesOf("scores");

const PATH = "/v1/scores/{id}/release";
const request = { params: z.object({ id: scoreId }) };

const getRoute = route("get", PATH, "getRelease", {
  summary: "Release state of a score",
  description: "What callers who may not see the truth get: full, coarse, or withheld.",
  request,
  responses: { 200: jsonAnswer(releaseSchema, "How far"), ...problems("not_found") },
});

const postRoute = route("post", PATH, "releaseScore", {
  summary: "Release a score to callers who may not see the truth",
  description: "Overrides MAMMOEVAL_RELEASE and the dataset; the last release applies.",
  request: { ...request, body: jsonBody(releaseRequest) },
  responses: {
    200: jsonAnswer(releaseSchema, "The new release state"),
    ...problems("invalid_request", "not_found", "unsupported_media_type"),
  },
});

const deleteRoute = route("delete", PATH, "withdrawScore", {
  summary: "Withdraw a score: callers who may not see the truth only learn that it is withheld",
  description:
    "Effective immediately on all pages and answers. Values that were seen before cannot be withdrawn.",
  request,
  responses: { 204: { description: "It is withheld" }, ...problems("not_found") },
});

/** Adds `/v1/scores/{id}/release` to an app. The gateway lets only admins change it. */
export function addReleaseRoutes(app: ServiceApp, { store }: ScoringDependencies): void {
  app.openapi(getRoute, async (c) => {
    const { whole, released } = await readScoresAs(c.get("caller"), store).find(
      c.req.valid("param").id,
    );
    return c.json({ id: whole.id, released }, 200);
  });
  app.openapi(postRoute, async (c) => {
    const caller = c.get("caller");
    const { as } = c.req.valid("json");
    const { whole } = await readScoresAs(caller, store).find(c.req.valid("param").id);
    await store.release(whole.id, as, caller.user);
    return c.json({ id: whole.id, released: as }, 200);
  });
  app.openapi(deleteRoute, async (c) => {
    const caller = c.get("caller");
    const { whole } = await readScoresAs(caller, store).find(c.req.valid("param").id);
    await store.release(whole.id, "withheld", caller.user);
    return c.body(null, 204);
  });
}
