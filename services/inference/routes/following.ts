import { within } from "../../../shared/async.ts";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { fileAnswers, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { evaluationId } from "../../../shared/contracts/parameters.ts";
import { fileAnswer, Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { LOG_TAIL_BYTES_MAX, SHARDS_MAX } from "../../../shared/limits.ts";
import type { InferenceDependencies } from "../dependencies.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { logContent, predictionsContent } from "../workspace/file_content.ts";
import { linesOfPart, streamLog } from "../workspace/stream_log.ts";
import { isFinal } from "../ledger/state_machine.ts";
import { find } from "./evaluations.ts";

const route = routesOf("evaluations");

/** Heartbeat interval of a silent event stream, in milliseconds; it keeps proxies from closing it. */
const HEARTBEAT_MS = 15_000;
const TEXT = "text/plain; charset=utf-8";

const idParam = z.object({ id: evaluationId });

const tailBytes = z.coerce.number().int().min(1).max(LOG_TAIL_BYTES_MAX).openapi({
  description: "Number of bytes from the end; default all",
  example: 4096,
});

const partNumber = z.coerce.number().int().min(1).max(SHARDS_MAX).openapi({
  description: "Only the lines of this part of a divided evaluation",
  example: 2,
});

const logRoute = route("get", "/v1/evaluations/{id}/log", "getEvaluationLog", {
  summary: "Log of the build and the container",
  description: "`follow=true` continues until the evaluation ends.",
  request: {
    params: idParam,
    query: z.object({
      follow: z.enum(["true", "false"]).default("false").describe(
        "`true`: the answer continues until the evaluation ends",
      ),
      tail: tailBytes.optional(),
      part: partNumber.optional(),
    }),
  },
  responses: {
    ...fileAnswers({ description: "The log", content: { "text/plain": { schema: z.string() } } }),
    ...problems("invalid_request", "not_found"),
  },
});

const eventsRoute = route("get", "/v1/evaluations/{id}/events", "streamEvaluationEvents", {
  summary: "Server-sent events of an evaluation; resume with Last-Event-ID",
  description:
    "All changes of state and progress from the beginning, or after `Last-Event-ID`; ends with " +
    "the evaluation. After the last event the answer is 204, and a browser's EventSource " +
    "stops. With curl: `curl -N`.",
  request: {
    params: idParam,
    headers: z.object({
      "last-event-id": z.string().optional().openapi({
        description: "`id` of the last event received: later events are sent",
        example: "3",
      }),
    }),
  },
  responses: {
    200: {
      description: "Events `status` and `progress`",
      content: { "text/event-stream": { schema: z.string() } },
    },
    204: { description: "The evaluation has ended, and there is no event after `Last-Event-ID`" },
    ...problems("not_found"),
  },
});

const predictionsRoute = route("get", "/v1/evaluations/{id}/predictions.csv", "getPredictions", {
  summary: "The predictions, as the model wrote them",
  description: "Cells that a spreadsheet would read as formulas are escaped.",
  request: { params: idParam },
  responses: {
    ...fileAnswers({
      description: "The predictions",
      content: { "text/csv": { schema: z.string() } },
    }),
    ...problems("not_found", "not_finished"),
  },
});

export function addFollowingRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  // openapi() would type the answer as a string, but it is a stream: only register the document.
  app.openAPIRegistry.registerPath(logRoute);
  app.get("/v1/evaluations/:id/log", async (c) => {
    const evaluation = find(c.req.param("id"), c.get("caller"), deps);
    const ended = (): boolean => isFinal(deps.ledger.get(evaluation.id)?.status ?? "failed");
    const follow = c.req.query("follow") === "true";
    const tail = tailBytes.optional().parse(c.req.query("tail")) ?? null;
    const part = partNumber.optional().parse(c.req.query("part")) ?? null;
    const path = deps.workspace.logPath(evaluation);
    if (follow || part !== null) {
      const log = streamLog(path, follow ? ended : (): boolean => true, tail);
      return new Response(part === null ? log : linesOfPart(log, part), {
        headers: { "content-type": TEXT, "x-accel-buffering": "no" },
      });
    }
    return fileAnswer(c, {
      ...await logContent(path, tail),
      type: TEXT,
      name: `${nameOf(evaluation)}_log.txt`,
    });
  });

  app.openapi(eventsRoute, (c) => {
    const { id } = find(c.req.valid("param").id, c.get("caller"), deps);
    return sendEvents(c, id, deps);
  });

  app.openAPIRegistry.registerPath(predictionsRoute);
  app.get("/v1/evaluations/:id/predictions.csv", async (c) => {
    const evaluation = find(c.req.param("id"), c.get("caller"), deps);
    const content = await predictionsContent(deps.workspace.predictionsPath(evaluation));
    if (content === null) {
      const type = isFinal(evaluation.status) ? "not_found" : "not_finished";
      throw new Problem(
        type,
        `Evaluation ${evaluation.id} is ${evaluation.status} and has no predictions`,
      );
    }
    return fileAnswer(c, {
      ...content,
      type: "text/csv; charset=utf-8",
      name: `${nameOf(evaluation)}_predictions.csv`,
      isDownload: true,
    });
  });
}

function nameOf({ id, request: { model, experiment } }: Evaluation): string {
  return `${model}_${experiment}_${id}`;
}

function sendEvents(c: Context, id: string, { ledger }: InferenceDependencies): Response {
  const last = Number(c.req.header("last-event-id") ?? 0);
  let after = Number.isSafeInteger(last) && last >= 0 ? last : 0;
  // Read the state first, so that the final event is never missed.
  const isOver = isFinal(ledger.get(id)?.status ?? "failed");
  if (isOver && ledger.events(id, after).length === 0) return c.body(null, 204);
  c.header("x-accel-buffering", "no"); // nginx would buffer events
  return streamSSE(c, async (stream) => {
    let wake = (): void => {};
    const unwatch = ledger.watch(id, () => wake());
    stream.onAbort(() => wake());
    try {
      while (!stream.aborted) {
        const woken = new Promise<void>((resolve) => wake = resolve);
        // Read the state before the events: a change in between wakes the next round.
        const ended = isFinal(ledger.get(id)?.status ?? "failed");
        for (const { sequence, type, data, at } of ledger.events(id, after)) {
          await stream.writeSSE({
            id: String(sequence),
            event: type,
            data: JSON.stringify({ at, ...data }),
          });
          after = sequence;
        }
        if (ended) return;
        await pause(woken, HEARTBEAT_MS, () => stream.write(": alive\n\n"));
      }
    } finally {
      unwatch();
    }
  });
}

async function pause(
  woken: Promise<void>,
  ms: number,
  onSilence: () => Promise<unknown>,
): Promise<void> {
  if (await within(woken.then(() => "woken"), ms) === null) await onSilence();
}
