import { z } from "@hono/zod-openapi";
import {
  jsonAnswer,
  jsonBody,
  problems,
  routesOf,
  withHeaders,
} from "../../../shared/contracts/answers.ts";
import { SLUG_PATTERN } from "../../../shared/contracts/common.ts";
import { countedPageOf } from "../../../shared/contracts/datasets.ts";
import {
  evaluationBatchRequest,
  evaluationBatchSchema,
  evaluationNotesRequest,
  evaluationOrder,
  evaluationSchema,
  evaluationsQuery,
} from "../../../shared/contracts/evaluations.ts";
import {
  evaluationId,
  idempotencyKey,
  preferHeader,
} from "../../../shared/contracts/parameters.ts";
import { matchesEtag, Problem, waitPreference } from "../../../shared/http/mod.ts";
import type { Caller, ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../dependencies.ts";
import { isFinal } from "../ledger/state_machine.ts";
import { recordOf } from "../ledger/evaluation_record.ts";
import type { Evaluation, EvaluationFilter } from "../ledger/ledger.ts";
import { deleteEvaluation } from "../submission/delete_evaluation.ts";
import { queueEvaluations, refuseOwnersOnly } from "../submission/queue_evaluations.ts";
import { submitBatch } from "../submission/submit_batch.ts";
import { mayKnow, requestOf } from "../models/private_model.ts";
import { submitEvaluation } from "../submission/submit_evaluation.ts";
import { waitForEnd } from "../ledger/wait_for_end.ts";

const route = routesOf("evaluations");

const idParam = z.object({ id: evaluationId });

const submitHeaders = z.object({ prefer: preferHeader, "idempotency-key": idempotencyKey });

const lookHeaders = z.object({
  prefer: preferHeader,
  "if-none-match": z.string().optional().describe(
    "`ETag` of an earlier answer: 304 if nothing has changed",
  ),
});

const SUBMIT_PROBLEMS = problems(
  "invalid_request",
  "forbidden",
  "not_found",
  "request_in_flight",
  "dataset_not_ready",
  "unsupported_media_type",
  "invalid_parameters",
  "incomplete_exams",
  "invalid_model",
  "device_unsupported",
  "gpu_unavailable",
  "idempotency_key_reused",
  "too_many_requests",
  "quota_exceeded",
  "unavailable",
);

const submitRoute = route("post", "/v1/evaluations", "submitEvaluation", {
  summary: "Evaluate a model on a dataset",
  description:
    "The request is checked, then queued for its device. The container gets blanked labels and no " +
    "network. Send an `Idempotency-Key`, so that a request that is repeated, for example after a broken " +
    "connection, is not executed again.",
  request: { headers: submitHeaders, body: jsonBody(evaluationOrder) },
  responses: {
    200: jsonAnswer(evaluationSchema, "The evaluation has ended (with Prefer: wait=N)", "Location"),
    202: jsonAnswer(
      evaluationSchema,
      "The evaluation is queued: follow Location",
      "Location",
      "Retry-After",
      "Idempotent-Replayed",
    ),
    ...SUBMIT_PROBLEMS,
  },
});

const getRoute = route("get", "/v1/evaluations/{id}", "getEvaluation", {
  summary: "One evaluation",
  description: "State, progress, error, links and provenance. `If-None-Match` with the " +
    "last `ETag` costs nothing if nothing has changed; `Prefer: wait=N` delays the answer until " +
    "it ends.",
  request: { params: idParam, headers: lookHeaders },
  responses: {
    200: jsonAnswer(evaluationSchema, "The evaluation", "ETag", "Retry-After"),
    304: withHeaders(
      { description: "Nothing has changed since If-None-Match" },
      "ETag",
      "Retry-After",
    ),
    ...problems("not_found"),
  },
});

const listRoute = route("get", "/v1/evaluations", "listEvaluations", {
  summary: "List evaluations, newest first or in another order",
  description:
    "The role `submit` sees its own evaluations. The next page begins after `next_cursor`; `total` counts the " +
    "evaluations of all pages.",
  request: { query: evaluationsQuery },
  responses: {
    200: jsonAnswer(countedPageOf(evaluationSchema), "A page of evaluations"),
    ...problems("invalid_request", "not_found"),
  },
});

const cancelRoute = route("post", "/v1/evaluations/{id}/cancel", "cancelEvaluation", {
  summary: "Cancel an evaluation; a finished one is not changed",
  description:
    "A queued evaluation never starts; the container of a running one is stopped. The request is idempotent.",
  request: { params: idParam },
  responses: {
    200: jsonAnswer(evaluationSchema, "The present state of the evaluation"),
    ...problems("not_found", "not_finished"),
  },
});

const batchRoute = route("post", "/v1/evaluations/batch", "submitEvaluations", {
  summary: "Evaluate several models on several datasets: all are queued, or none",
  description:
    "Each model on each dataset, with the same options. If one evaluation is refused, the batch is refused.",
  request: {
    headers: submitHeaders.pick({ "idempotency-key": true }),
    body: jsonBody(evaluationBatchRequest),
  },
  responses: {
    202: jsonAnswer(evaluationBatchSchema, "The evaluations are queued", "Idempotent-Replayed"),
    ...SUBMIT_PROBLEMS,
  },
});

const patchRoute = route("patch", "/v1/evaluations/{id}", "annotateEvaluation", {
  summary: "Name an evaluation, or note something about it",
  description: "For the submitter and admins. Everybody who sees the evaluation sees both; null " +
    "removes them. Nothing else of an evaluation changes.",
  request: { params: idParam, body: jsonBody(evaluationNotesRequest) },
  responses: {
    200: jsonAnswer(evaluationSchema, "The evaluation with its name and notes"),
    ...problems("invalid_request", "forbidden", "not_found", "unsupported_media_type"),
  },
});

const deleteRoute = route("delete", "/v1/evaluations/{id}", "deleteEvaluation", {
  summary: "Delete a finished evaluation, its files and its score",
  description: "It still counts against quotas.",
  request: { params: idParam },
  responses: { 204: { description: "It is gone" }, ...problems("not_found", "not_finished") },
});

export function addEvaluationRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  addSubmitRoute(app, deps);
  addBatchRoute(app, deps);
  addPatchRoute(app, deps);
  addDeleteRoute(app, deps);
  addGetRoute(app, deps);
  addListRoute(app, deps);
  addCancelRoute(app, deps);
}

function addSubmitRoute(app: ServiceApp, deps: InferenceDependencies): void {
  app.openapi(submitRoute, async (c) => {
    const request = requestOf(c.req.valid("json"));
    const caller = c.get("caller");
    refuseOwnersOnly(caller, [request.dataset], request);
    const key = { user: caller.user, key: c.req.header("idempotency-key") };
    const outcome = await deps.idempotency.once(key, request, async (keep) => {
      const submitted = await submitEvaluation(request, caller.user, deps);
      const evaluation = tracedTo(c.get("requestId"), submitted);
      const body = JSON.stringify(recordOf(evaluation));
      await queueEvaluations([evaluation], caller, deps, keep?.(evaluation.id, body));
      return evaluation;
    });
    const id = "fresh" in outcome ? outcome.fresh.id : outcome.kept.evaluation;
    const headers = { location: `/v1/evaluations/${id}`, "retry-after": "2" };
    if ("kept" in outcome) {
      return c.json(JSON.parse(outcome.kept.body), 202, {
        ...headers,
        "idempotent-replayed": "true",
      });
    }
    const seconds = waitPreference(c.req.header("prefer"));
    const evaluation = await waitForEnd(deps.ledger, id, seconds) ?? outcome.fresh;
    return evaluation.finishedAt === null
      ? c.json(recordOf(evaluation), 202, headers)
      : c.json(recordOf(evaluation), 200, { location: headers.location });
  });
}

function addBatchRoute(app: ServiceApp, deps: InferenceDependencies): void {
  app.openapi(batchRoute, async (c) => {
    const request = c.req.valid("json");
    const caller = c.get("caller");
    refuseOwnersOnly(caller, request.datasets, request);
    const key = { user: caller.user, key: c.req.header("idempotency-key") };
    const outcome = await deps.idempotency.once(key, request, async (keep) => {
      const submitted = await submitBatch(request, caller.user, deps);
      const evaluations = submitted.map((one) => tracedTo(c.get("requestId"), one));
      const answer = { items: evaluations.map(recordOf) };
      const kept = keep?.(evaluations[0]!.id, JSON.stringify(answer));
      await queueEvaluations(evaluations, caller, deps, kept);
      return answer;
    });
    if ("fresh" in outcome) return c.json(outcome.fresh, 202);
    return c.json(JSON.parse(outcome.kept.body), 202, { "idempotent-replayed": "true" });
  });
}

function addPatchRoute(app: ServiceApp, deps: InferenceDependencies): void {
  app.openapi(patchRoute, async (c) => {
    const caller = c.get("caller");
    const { id, user } = find(c.req.valid("param").id, caller, deps);
    if (caller.role !== "admin" && caller.user !== user) {
      throw new Problem("forbidden", `Only ${user} and admins may name evaluation ${id}`);
    }
    const named = deps.ledger.annotate(id, c.req.valid("json"));
    // A rebuilt ledger reads the files of ended evaluations.
    if (named !== null && isFinal(named.status)) {
      await deps.workspace.writeRecord(named, recordOf(named));
    }
    return c.json(recordOf(named ?? find(id, caller, deps)), 200);
  });
}

function addDeleteRoute(app: ServiceApp, deps: InferenceDependencies): void {
  app.openapi(deleteRoute, async (c) => {
    await deleteEvaluation(find(c.req.valid("param").id, c.get("caller"), deps), deps);
    return c.body(null, 204);
  });
}

function addGetRoute(app: ServiceApp, deps: InferenceDependencies): void {
  app.openapi(getRoute, async (c) => {
    const id = c.req.valid("param").id;
    const found = find(id, c.get("caller"), deps);
    const evaluation = await waitForEnd(deps.ledger, id, waitPreference(c.req.header("prefer"))) ??
      found;
    const queue = deps.dispatcher.queuePlace(evaluation);
    // Places change without a change of the evaluation itself.
    const place = queue === null ? "" : `-${queue.place}-${queue.waiting}-${queue.running}`;
    const etag = `"${evaluation.id}-${evaluation.version}${place}"`;
    const headers: Record<string, string> = { etag };
    if (evaluation.finishedAt === null) headers["retry-after"] = "2";
    if (matchesEtag(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
    return c.json({ ...recordOf(evaluation), ...(queue && { queue }) }, 200, headers);
  });
}

function addListRoute(app: ServiceApp, deps: InferenceDependencies): void {
  app.openapi(listRoute, async (c) => {
    const { cursor, dataset: named, ...query } = c.req.valid("query");
    const dataset = named && !SLUG_PATTERN.test(named)
      ? (await deps.datasets.get(named))?.id ?? named
      : named;
    const caller = c.get("caller");
    const user = caller.role === "submit" ? caller.user : query.user;
    // In other orders, the place of the next page is that of the last evaluation of this one.
    const isByAge = query.sort === "newest" || query.sort === "oldest";
    if (cursor !== undefined && !isByAge) find(cursor, caller, deps);
    const seenBy = caller.role === "admin" ? undefined : caller.user;
    const filter = withoutUndefined({ ...query, dataset, user, seenBy, after: cursor });
    const found = deps.ledger.list(filter);
    const last = found.length === filter.limit ? found.at(-1)?.id ?? null : null;
    const known = found.filter((evaluation) => mayKnow(evaluation, caller));
    const total = deps.ledger.count(filter);
    return c.json({ items: known.map(recordOf), next_cursor: last, total }, 200);
  });
}

function addCancelRoute(app: ServiceApp, deps: InferenceDependencies): void {
  app.openapi(cancelRoute, async (c) => {
    const caller = c.get("caller");
    const found = find(c.req.valid("param").id, caller, deps);
    // A cancelled evaluation counts against no quota, but its score might already be readable.
    if (caller.role === "submit" && found.status === "scoring") {
      throw new Problem(
        "not_finished",
        `Evaluation ${found.id} is being scored and will end in a moment`,
      );
    }
    const evaluation = await deps.dispatcher.cancel(found.id) ?? found;
    return c.json(recordOf(evaluation), 200);
  });
}

/** Passes the request's id on to container labels and scoring, so that one id finds all logs. */
function tracedTo(requestId: string, evaluation: Evaluation): Evaluation {
  return { ...evaluation, provenance: { ...evaluation.provenance, request_id: requestId } };
}

/** @throws {Problem} `not_found`, also for another user's evaluation, whose existence is not revealed */
export function find(
  id: string,
  caller: Caller,
  deps: Pick<InferenceDependencies, "ledger">,
): Evaluation {
  const evaluation = deps.ledger.get(id);
  if (evaluation !== null && mayKnow(evaluation, caller)) return evaluation;
  throw new Problem(
    "not_found",
    `There is no evaluation ${JSON.stringify(id)}: GET /v1/evaluations lists them`,
  );
}

/** Drops undefined fields, as exactOptionalPropertyTypes requires. */
function withoutUndefined(
  query: { [Name in keyof EvaluationFilter]: EvaluationFilter[Name] | undefined },
): EvaluationFilter {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as EvaluationFilter;
}
