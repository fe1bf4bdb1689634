import assert from "node:assert/strict";
import { createRoute, z } from "@hono/zod-openapi";
import { PathNotAllowed } from "../volume/containment.ts";
import { StoredFileDamaged } from "../volume/damage.ts";
import { createJsonLog, type Log, SILENT_LOG } from "./log.ts";
import { waitPreference } from "./prefer.ts";
import { Problem, problemResponse, PROBLEMS } from "./problem.ts";
import { createServiceApp } from "./service_app.ts";
import type { ServiceApp } from "./service.ts";
import { createServiceClient } from "./service_client.ts";

function makeApp(log: Log = SILENT_LOG): ServiceApp {
  const app = createServiceApp({ service: "toy", log });
  const body = z.object({ name: z.string(), count: z.number() }).openapi("Toy");
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/toys",
      request: { body: { required: true, content: { "application/json": { schema: body } } } },
      responses: { 200: { description: "ok" } },
    }),
    (c) => c.json(c.req.valid("json"), 200),
  );
  const thrown: Record<string, () => never> = {
    problem: () => {
      throw new Problem("dataset_in_use", "Take another name", { headers: { "retry-after": "3" } });
    },
    path: () => {
      throw new PathNotAllowed("/etc", "/etc is not under a folder that may be read");
    },
    bug: () => {
      throw new TypeError("patient 4711 is undefined");
    },
  };
  app.get("/v1/throw/:what", (c) => thrown[c.req.param("what")]!());
  return app;
}

const post = (body: string, type = "application/json"): RequestInit => ({
  method: "POST",
  body,
  headers: { "content-type": type, "x-request-id": "r1" },
});

Deno.test("a body that does not fit names every field, as a problem with the request's id", async () => {
  const response = await makeApp().request("/v1/toys", post('{"count":"many"}'));
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  assert.deepEqual([problem.type, problem.request_id], ["invalid_request", "r1"]);
  assert.deepEqual(problem.errors.map(({ field }: { field: string }) => field), ["name", "count"]);
  assert.match(problem.detail, /^name: is missing \(a text\); count: /);
});

Deno.test("every answer has the request's id, problems too", async () => {
  for (const path of ["/healthz", "/v1/nothing", "/v1/throw/bug"]) {
    const answer = await makeApp().request(path, { headers: { "x-request-id": "r1" } });
    assert.equal(answer.headers.get("x-request-id"), "r1");
    await answer.body?.cancel();
  }
});

Deno.test("a body that is no JSON is a problem, not a bug", async () => {
  const response = await makeApp().request("/v1/toys", post("{"));
  assert.equal(response.status, 400);
  assert.equal((await response.json()).type, "invalid_request");
});

Deno.test("what is thrown becomes a problem; a bug tells the log and not the caller", async () => {
  const lines: string[] = [];
  const app = makeApp(createJsonLog("toy", (line) => lines.push(line)));
  const taken = await app.request("/v1/throw/problem");
  assert.deepEqual([taken.status, taken.headers.get("retry-after")], [409, "3"]);
  assert.equal((await app.request("/v1/throw/path")).status, 403);
  const bug = await app.request("/v1/throw/bug");
  assert.equal(bug.status, 500);
  const problem = await bug.json();
  assert.doesNotMatch(JSON.stringify(problem), /4711/);
  const logged = lines.map((line) => JSON.parse(line)).find(({ level }) => level === "error");
  assert.equal(logged.request_id, problem.request_id);
  assert.match(logged.error, /4711/);
});

Deno.test("health, readiness with its reasons, metrics, the document", async () => {
  const app = makeApp();
  assert.equal((await app.request("/healthz")).status, 200);
  assert.deepEqual(await (await app.request("/readyz")).json(), { status: "ready", reasons: [] });
  await app.request("/v1/toys", post("{}"));
  assert.match(await (await app.request("/metrics")).text(), /^mammoeval_.*service="toy"/m);
  const { openapi, paths } = await (await app.request("/openapi.json")).json();
  assert.equal(openapi, "3.1.0");
  assert.ok(paths["/v1/toys"].post);
  assert.equal((await app.request("/v1/nothing")).status, 404);
  const put = await app.request("/v1/toys", { method: "PUT" });
  assert.deepEqual([put.status, put.headers.get("allow")], [405, "POST"]);
  assert.equal((await put.json()).type, "method_not_allowed");
});

Deno.test("every problem has a status of an error and a title", async () => {
  for (const [type, { status, title }] of Object.entries(PROBLEMS)) {
    assert.ok(status >= 400 && status < 600 && title.length > 5, type);
  }
  const fault = { exam: "3", view: null, image: null, code: "c", message: "m" };
  const many = Array.from({ length: 3000 }, () => fault);
  const response = problemResponse(new Problem("invalid_data_list", "d", { errors: many }), "r");
  const body = await response.json();
  assert.deepEqual([body.errors.length, body.errors_total], [1000, 3000]);
});

Deno.test("a log line is one line, whatever is in it", () => {
  const lines: string[] = [];
  createJsonLog("toy", (line) => lines.push(line)).warn("a\nb", { path: '/x\n{"level":"error"}' });
  assert.equal(lines.length, 1);
  assert.ok(!lines[0]!.includes("\n"));
  const { level, service, message } = JSON.parse(lines[0]!);
  assert.deepEqual([level, service, message], ["warn", "toy", "a\nb"]);
});

Deno.test("Prefer: wait is read, bounded, and passed over where it cannot be read", () => {
  const cases: [header: string | undefined, seconds: number][] = [
    ["wait=5", 5],
    ["respond-async, wait=10", 10],
    ["handling=lenient; wait=3", 3],
    ['Wait="7"', 7],
    ["wait=999999", 600],
    ["wait=-1", 0],
    ["await=5", 0],
    ["", 0],
    [undefined, 0],
  ];
  for (const [header, seconds] of cases) {
    assert.equal(waitPreference(header), seconds, header ?? "none");
  }
});

Deno.test("a client passes on the other service's problem, and names one that is away", async () => {
  const app = makeApp();
  const client = createServiceClient("toy", "http://toy", (request) => app.fetch(request));
  assert.deepEqual(await client.json("POST", "/v1/toys", { name: "a", count: 1 }), {
    name: "a",
    count: 1,
  });
  const problemOf = async (
    path: string,
    fetch: (request: Request) => Promise<Response>,
  ): Promise<Problem> => {
    const asked = createServiceClient("toy", "http://toy", fetch).json("GET", path);
    const error = await asked.then(() => null, (error) => error);
    assert.ok(error instanceof Problem, String(error));
    return error;
  };
  const own = async (request: Request): Promise<Response> => await app.fetch(request);
  assert.equal((await problemOf("/v1/throw/problem", own)).type, "dataset_in_use");
  const away = await problemOf("/", () => Promise.reject(new TypeError("refused")));
  assert.deepEqual([away.type, /toy service does not answer/.test(away.message)], [
    "upstream_unavailable",
    true,
  ]);
  const odd = await problemOf("/", () => Promise.resolve(new Response("<html>", { status: 502 })));
  assert.match(odd.message, /toy service answered 502 without a reason/);
  const fault = { exam: "1", view: null, image: null, code: "odd", message: "is odd" };
  const sent = {
    type: "invalid_data_list",
    title: "Invalid data list",
    status: 422,
    detail: "odd",
  };
  const body = { ...sent, errors: [fault], errors_total: 7, request_id: "r" };
  const many = await problemOf("/", () => Promise.resolve(Response.json(body, { status: 422 })));
  assert.deepEqual([many.type, many.errors, many.errorsTotal], ["invalid_data_list", [fault], 7]);
});

Deno.test("HEAD lets go of what GET would have sent", async () => {
  const app = makeApp();
  let cancelled = false;
  app.get(
    "/endless",
    () => new Response(new ReadableStream({ cancel: () => void (cancelled = true) })),
  );
  const answer = await app.request("/endless", { method: "HEAD" });
  assert.deepEqual([answer.status, answer.body, cancelled], [200, null, true]);
});

Deno.test("a body that is no JSON is told line and column", async () => {
  const response = await makeApp().request("/v1/toys", post('{\n  "name": "a",\n}'));
  const { type, detail } = await response.json();
  assert.equal(type, "invalid_request");
  assert.match(detail, /^The body is not JSON: line 3, column 1: /);
});

/** An app with routes that take a query in every supported way. */
function makeQueryApp(): ServiceApp {
  const app = createServiceApp({ service: "toy", log: SILENT_LOG });
  const query = z.object({
    limit: z.coerce.number<number>().int().min(1).default(5),
    tag: z.union([z.string(), z.array(z.string())]).optional(),
    kind: z.enum(["a", "b"]).optional(),
  });
  const responses = { 200: { description: "ok" } };
  const route = createRoute({ method: "get", path: "/v1/toys", request: { query }, responses });
  app.openapi(route, (c) => c.json(c.req.valid("query"), 200));
  const one = createRoute({ method: "get", path: "/v1/toys/{id}", responses });
  app.openapi(one, (c) => c.json({}, 200));
  const byHand = {
    method: "get",
    path: "/v1/toys/{id}/log",
    request: { query },
    responses,
  } as const;
  app.openAPIRegistry.registerPath(createRoute(byHand));
  app.get("/v1/toys/:id/log", (c) => c.text(c.req.query("kind") ?? ""));
  app.get("/page", (c) => c.text("a page"));
  return app;
}

Deno.test("a query holds what its route declares, however the route is handled", async () => {
  const app = makeQueryApp();
  const fine = [
    "/v1/toys?limit=3&tag=x&tag=y&kind=a",
    "/v1/toys/1",
    "/v1/toys/1/log?kind=b",
    "/page?any=1",
  ];
  for (const path of fine) assert.equal((await app.request(path)).status, 200, path);
  const refused: [string, string, RegExp][] = [
    ["/v1/toys?limt=3", "limt", /it takes limit, tag, kind$/],
    ["/v1/toys?limit=3&limit=4", "limit", /given more than once/],
    ["/v1/toys?limit=x", "limit", /must be a number/],
    ["/v1/toys?limit=0", "limit", /must be at least 1/],
    ["/v1/toys?kind=c", "kind", /must be one of "a", "b"/],
    ["/v1/toys/1?x=1", "x", /it takes none$/],
    ["/v1/toys/1/log?kind=c", "kind", /must be one of/],
    ["/v1/toys/1/log?__proto__=c", "__proto__", /no query parameter/],
    ["/healthz?deep=1", "deep", /it takes none$/],
    ["/openapi.json?v=2", "v", /it takes none$/],
    ["/metrics?v=2", "v", /it takes none$/],
  ];
  for (const [path, field, message] of refused) {
    for (const method of ["GET", "HEAD"]) {
      const answer = await app.request(path, { method });
      assert.equal(answer.status, 400, `${method} ${path}`);
      if (method === "HEAD") continue;
      const { type, errors, detail } = await answer.json();
      assert.equal(type, "invalid_request");
      assert.equal(errors[0].field, field);
      assert.match(detail, message);
    }
  }
});

Deno.test("HEAD answers with the length that GET has", async () => {
  const app = makeQueryApp();
  for (const path of ["/v1/toys", "/v1/toys/1", "/healthz", "/openapi.json"]) {
    const { byteLength } = await (await app.request(path)).arrayBuffer();
    const head = await app.request(path, { method: "HEAD" });
    assert.equal(await head.text(), "");
    assert.equal(head.headers.get("content-length"), String(byteLength), path);
  }
});

Deno.test("a full volume and a damaged file are 503 with a reason, and name no folder of the machine", async () => {
  const app = createServiceApp({ service: "test", log: SILENT_LOG });
  const faults: Record<string, Error> = {
    full: new Error("No space left on device (os error 28)"),
    cut: new StoredFileDamaged("/srv/secret/tokens.json", "it is empty"),
  };
  app.get("/:fault", (c) => {
    throw faults[c.req.param("fault")]!;
  });
  for (const [path, reason] of [["full", "disk_full"], ["cut", "damaged"]]) {
    const answer = await app.request(`/${path}`);
    assert.equal(answer.status, 503);
    const problem = await answer.json();
    assert.deepEqual([problem.type, problem.reason], ["unavailable", reason], problem.detail);
    assert.ok(!problem.detail.includes("/srv"), problem.detail);
  }
});

Deno.test("a line of the log is short, however long the request's path", async () => {
  const lines: string[] = [];
  const app = createServiceApp({
    service: "test",
    log: createJsonLog("test", (line) => lines.push(line)),
  });
  app.get("/fails", () => {
    throw new Error("y".repeat(1_000_000));
  });
  await app.request(`/${"x".repeat(16_000)}`);
  await app.request("/fails");
  assert.ok(lines.length >= 2);
  assert.deepEqual(lines.filter((line) => line.length > 6000), []);
  assert.ok(lines[0]!.length < 1000, "a stranger's line is shorter still");
});

Deno.test("readiness: degraded, with 200, where stored files cannot be used", async () => {
  const damaged = [{ path: "scores/1/score.json", reason: "it is empty" }];
  const app = createServiceApp({ service: "test", log: SILENT_LOG, damaged: () => damaged });
  const answer = await app.request("/readyz");
  assert.equal(answer.status, 200);
  const { status, reasons } = await answer.json();
  assert.equal(status, "degraded");
  assert.match(reasons[0], /1 stored file cannot be used/);
  assert.ok(!reasons[0].includes("score.json"), "names are for an admin");
});
