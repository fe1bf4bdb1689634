import assert from "node:assert/strict";
import { CALLER_HEADERS, type Role, SERVICE_HEADER, SILENT_LOG } from "../../../shared/http/mod.ts";
import { createApp } from "../app.ts";
import type { AuditEntry } from "./audit_log.ts";
import { makeToken, type TokenRecord } from "./token.ts";
import type { TokenStore } from "./token_store.ts";

/** A gateway before services that echo the caller's headers. */
interface World {
  ask(
    method: string,
    path: string,
    headers?: Record<string, string>,
    body?: string,
  ): Promise<Response>;
  /** Creates a token and returns its header. */
  bearer(role: Role, expiresAt?: Date): Record<string, string>;
  readonly records: TokenRecord[];
  readonly entries: AuditEntry[];
  /** Methods of requests that reached the services, except reads. */
  readonly asked: string[];
  /** The audit log's fault, and a callback after each entry. */
  readonly audit: { fault: Error | null; onAppend: (entry: AuditEntry) => void };
  /** The answer for requests with `Prefer`. */
  readonly held: PromiseWithResolvers<Response>;
  /** Delays of answers. */
  readonly waits: number[];
}

function createWorld(): World {
  const records: TokenRecord[] = [];
  const entries: AuditEntry[] = [];
  const waits: number[] = [];
  const tokens: TokenStore = {
    all: () => Promise.resolve(records),
    add: () => Promise.reject(new Error("not here")),
    revoke: () => Promise.reject(new Error("not here")),
  };
  const asked: string[] = [];
  const held = Promise.withResolvers<Response>();
  const audit: World["audit"] = { fault: null, onAppend: () => {} };
  const upstream = (request: Request): Response | Promise<Response> => {
    if (request.headers.has("prefer")) return held.promise;
    if (request.method !== "GET") asked.push(request.method);
    return Response.json(Object.fromEntries(
      [...Object.values(CALLER_HEADERS), "authorization", SERVICE_HEADER].map((
        name,
      ) => [name, request.headers.get(name)]),
    ));
  };
  const app = createApp({
    upstreams: { ingestion: upstream, inference: upstream, scoring: upstream },
    log: SILENT_LOG,
    rateLimit: 0,
    hosts: [],
    access: {
      tokens,
      audit: {
        append(entry): Promise<void> {
          if (audit.fault !== null) return Promise.reject(audit.fault);
          entries.push(entry);
          audit.onAppend(entry);
          return Promise.resolve();
        },
      },
      slowDown: {
        failed: (): number | null => waits.length < 3 ? waits.push(1) : null,
        answered: () => {},
      },
    },
  });
  return {
    ask: async (method, path, headers = {}, body) =>
      await app.request(path, {
        method,
        headers: { "x-request-id": "r1", ...headers },
        ...body === undefined ? {} : { body },
      }),
    bearer(role, expiresAt): Record<string, string> {
      const { text, record } = makeToken({
        user: `user-${role}`,
        role,
        createdAt: new Date(),
        expiresAt: expiresAt ?? null,
      });
      records.push(record);
      return { authorization: `Bearer ${text}` };
    },
    ...{ records, entries, waits, asked, audit, held },
  };
}

Deno.test("without any token the door stands open, for the local caller", async () => {
  const { ask, entries } = createWorld();
  const answer = await ask("POST", "/v1/datasets", { [CALLER_HEADERS.user]: "mallory" });
  assert.equal((await answer.json())[CALLER_HEADERS.user], "local");
  assert.deepEqual(entries, []);
});

Deno.test("with a token on the volume, nobody comes in without one", async () => {
  const { ask, bearer, entries } = createWorld();
  bearer("admin");
  for (const path of ["/", "/v1/datasets", "/metrics", "/docs", "/openapi.json", "/no/such"]) {
    const answer = await ask("GET", path);
    assert.equal(answer.status, 401, path);
    assert.match(answer.headers.get("www-authenticate")!, /^Bearer/);
    const problem = await answer.json();
    assert.equal(problem.type, "unauthorized");
    assert.equal(problem.request_id, "r1");
  }
  assert.equal((await ask("GET", "/healthz")).status, 200);
  assert.equal(entries.length, 6);
  assert.deepEqual(entries[0], {
    at: entries[0]!.at,
    user: null,
    token: null,
    method: "GET",
    path: "/",
    status: 401,
    refusal: "unauthorized",
    request_id: "r1",
  });
});

Deno.test("a request that waits ends with its token, and what comes later reaches nobody", async () => {
  const { ask, bearer, records, entries, held } = createWorld();
  const revoked = bearer("submit");
  const good = bearer("submit");
  const wait = { prefer: "wait=600" };
  const ended = ask("POST", "/v1/evaluations", { ...revoked, ...wait });
  const goesOn = ask("POST", "/v1/evaluations", { ...good, ...wait });
  while (entries.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  records[0] = { ...records[0]!, revoked_at: new Date().toISOString() };
  const answer = await ended;
  assert.deepEqual([answer.status, (await answer.json()).type], [401, "unauthorized"]);
  assert.deepEqual([entries[2]!.status, entries[2]!.refusal], [401, "unauthorized"]);
  held.resolve(Response.json({ status: "succeeded" }));
  assert.deepEqual(await (await goesOn).json(), { status: "succeeded" });
  assert.equal(entries.length, 4);
});

Deno.test("each role may do what it may, and the services are told who it is", async () => {
  const { ask, bearer, entries } = createWorld();
  const roles = { read: bearer("read"), submit: bearer("submit"), admin: bearer("admin") };
  const allowed: readonly (readonly [Role, string, string, number])[] = [
    ["read", "GET", "/v1/datasets", 200],
    ["read", "POST", "/v1/evaluations", 403],
    ["read", "DELETE", "/v1/datasets/x", 403],
    ["submit", "GET", "/v1/datasets", 200],
    ["submit", "POST", "/v1/evaluations", 200],
    ["submit", "POST", "/v1/scores/x/rescore", 200],
    ["submit", "PATCH", "/v1/scores/x", 403],
    ["submit", "POST", "/v1/datasets", 403],
    ["admin", "POST", "/v1/datasets", 200],
    ["admin", "POST", "/v1/evaluations", 200],
  ];
  for (const [role, method, path, status] of allowed) {
    const forged = { [CALLER_HEADERS.user]: "mallory", [CALLER_HEADERS.role]: "admin" };
    const answer = await ask(method, path, { ...roles[role], ...forged });
    assert.equal(answer.status, status, `${role} ${method} ${path}`);
    const body = await answer.json();
    if (status !== 200) continue;
    assert.equal(body[CALLER_HEADERS.user], `user-${role}`);
    assert.equal(body[CALLER_HEADERS.role], role);
    assert.equal(body.authorization, null, "the token stays at the door");
  }
  const written = entries.map(({ user, method, path, status }) =>
    [user, method, path, status].join(" ")
  );
  assert.deepEqual(written, [
    "user-read POST /v1/evaluations 403",
    "user-read DELETE /v1/datasets/x 403",
    "user-submit POST /v1/evaluations ",
    "user-submit POST /v1/evaluations 200",
    "user-submit POST /v1/scores/x/rescore ",
    "user-submit POST /v1/scores/x/rescore 200",
    "user-submit PATCH /v1/scores/x 403",
    "user-submit POST /v1/datasets 403",
    "user-admin POST /v1/datasets ",
    "user-admin POST /v1/datasets 200",
    "user-admin POST /v1/evaluations ",
    "user-admin POST /v1/evaluations 200",
  ]);
});

Deno.test("handing out rows of single exams is written down", async () => {
  const { ask, bearer, entries } = createWorld();
  const reader = bearer("read");
  await ask("GET", "/v1/evaluations/x/predictions.csv?secret=1", reader);
  const handedOut = [
    "/v1/evaluations/x/predictions.csv",
    "/v1/scores/x/breast/samples.csv",
    "/v1/scores/x/exams/7",
    "/v1/datasets/x/exams",
    "/v1/datasets/x/exams/7",
    "/v1/datasets/x/images/a%2Fb",
    "/datasets/x/exams/7",
  ];
  for (const path of handedOut.slice(1)) await ask("GET", path, reader);
  for (const path of ["/v1/evaluations/x", "/v1/datasets/x", "/v1/images", "/images"]) {
    await ask("GET", path, reader);
  }
  assert.deepEqual(entries.map(({ path }) => path), handedOut.flatMap((path) => [path, path]));
});

Deno.test("what cannot be written down is not done; what holds anyway, holds", async () => {
  const world = createWorld();
  const [reader, admin] = [world.bearer("read"), world.bearer("admin")];
  const full = new Error("No space left on device (os error 28)");
  world.audit.fault = full;
  const refused = await world.ask("POST", "/v1/datasets", admin);
  assert.equal(refused.status, 503);
  const problem = await refused.json();
  assert.deepEqual([problem.type, problem.reason], ["unavailable", "disk_full"]);
  assert.deepEqual(world.asked, [], "nobody was asked to do it");
  assert.equal((await world.ask("GET", "/v1/models", reader)).status, 200, "looking goes on");
  assert.equal((await world.ask("POST", "/v1/datasets", reader)).status, 403);
  assert.equal((await world.ask("GET", "/v1/models")).status, 401);
  world.audit.fault = null;
  world.audit.onAppend = (entry): void => {
    if (entry.status === null) world.audit.fault = full;
  };
  assert.equal((await world.ask("POST", "/v1/datasets", admin)).status, 200, "it is done");
  assert.deepEqual(world.entries.map(({ status }) => status), [null]);
});

Deno.test("wrong tokens wait, then are refused without waiting", async () => {
  const { ask, bearer, waits } = createWorld();
  const right = bearer("read");
  const wrong = { authorization: right["authorization"]!.slice(0, -4) + "0000" };
  for (let attempt = 0; attempt < 3; attempt++) {
    assert.equal((await ask("GET", "/v1/models", wrong)).status, 401);
  }
  assert.equal((await ask("GET", "/v1/models", wrong)).status, 429);
  assert.equal((await ask("GET", "/v1/models", right)).status, 200, "the right one never waits");
  assert.equal(waits.length, 3);
});

Deno.test("an expired and a revoked token say so", async () => {
  const { ask, bearer, records } = createWorld();
  const expired = await ask("GET", "/v1/models", bearer("admin", new Date(0)));
  assert.match((await expired.json()).detail, /expired/);
  const token = bearer("admin");
  records[1] = { ...records[1]!, revoked_at: new Date().toISOString() };
  assert.match((await (await ask("GET", "/v1/models", token)).json()).detail, /revoked/);
});

Deno.test("a browser's password may look, and touch only from a page of ours", async () => {
  const { ask, bearer } = createWorld();
  const token = bearer("admin")["authorization"]!.split(" ")[1]!;
  const basic = { authorization: `Basic ${btoa(`ada:${token}`)}` };
  assert.equal((await ask("GET", "/v1/models", basic)).status, 200);
  assert.equal((await ask("POST", "/v1/datasets", basic)).status, 401);
  const elsewhere = { ...basic, "sec-fetch-site": "cross-site" };
  assert.equal((await ask("POST", "/v1/datasets", elsewhere)).status, 403);
  const ownPage = { ...basic, "sec-fetch-site": "same-origin" };
  assert.equal((await ask("POST", "/v1/datasets", ownPage)).status, 200);
});

const OWN_PAGE = { "sec-fetch-site": "same-origin" };

/** Sends the sign-in form. */
function signIn(
  { ask }: World,
  header: Record<string, string>,
  next: string,
  headers: Record<string, string> = OWN_PAGE,
): Promise<Response> {
  const body = String(new URLSearchParams({ token: header["authorization"]?.split(" ")[1] ?? "" }));
  return ask("POST", `/sign-in?${new URLSearchParams({ next })}`, {
    ...headers,
    "content-type": "application/x-www-form-urlencoded",
    "content-length": String(body.length),
  }, body);
}

function cookieOf(answer: Response): Record<string, string> {
  return { cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

Deno.test("a session stands for its token: it looks, changes from our pages, and ends with sign-out or the token", async () => {
  const world = createWorld();
  const { ask, bearer, records, entries } = world;
  const answer = await signIn(world, bearer("admin"), "/datasets?limit=25");
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/datasets?limit=25"]);
  assert.match(
    answer.headers.get("set-cookie")!,
    /^mammoeval_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const cookie = cookieOf(answer);
  assert.equal((await ask("GET", "/v1/models", cookie)).status, 200);
  assert.equal((await ask("POST", "/v1/datasets", { ...cookie, ...OWN_PAGE })).status, 200);
  assert.equal(
    (await ask("POST", "/v1/datasets", cookie)).status,
    401,
    "no page says that it asks",
  );
  for (const site of ["cross-site", "same-site"]) {
    const foreign = await ask("POST", "/v1/datasets", { ...cookie, "sec-fetch-site": site });
    assert.equal(foreign.status, 403, site);
  }
  assert.deepEqual(entries[0], {
    ...{ at: entries[0]!.at, user: "user-admin", token: records[0]!.id, method: "POST" },
    ...{ path: "/sign-in", status: 303, refusal: null, request_id: "r1" },
  });
  assert.equal((await ask("GET", "/v1/models", { cookie: `${cookie["cookie"]}x` })).status, 401);
  records[0] = { ...records[0]!, revoked_at: new Date().toISOString() };
  assert.equal((await ask("GET", "/v1/models", cookie)).status, 401, "revoked");
  const second = cookieOf(await signIn(world, bearer("read"), "/"));
  assert.equal((await ask("POST", "/v1/datasets", { ...second, ...OWN_PAGE })).status, 403);
  const out = await ask("POST", "/sign-out", { ...second, ...OWN_PAGE });
  assert.match(out.headers.get("set-cookie")!, /^mammoeval_session=; Max-Age=0;/);
  assert.equal((await ask("GET", "/v1/models", second)).status, 401, "signed out");
});

Deno.test("signing in leads to this site only, and takes a right token from our own page", async () => {
  const world = createWorld();
  const token = world.bearer("admin");
  for (
    const next of ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:1"]
  ) {
    const answer = await signIn(world, token, next);
    assert.equal(answer.headers.get("location"), "/", next);
  }
  for (
    const next of ["/.//evil.example/x", "http://inside//evil.example/x", "/..//evil.example/x"]
  ) {
    const answer = await signIn(world, token, next);
    assert.equal(answer.headers.get("location"), "/evil.example/x", next);
  }
  for (const [headers, status] of [[{ "sec-fetch-site": "cross-site" }, 403], [{}, 403]] as const) {
    const answer = await signIn(world, token, "/", headers);
    assert.deepEqual([answer.status, answer.headers.has("set-cookie")], [status, false]);
  }
  const wrong = await signIn(world, { authorization: "Bearer mammoeval_x" }, "/a?b=c", {
    ...OWN_PAGE,
    accept: "text/html",
  });
  const html = await wrong.text();
  assert.deepEqual([wrong.status, wrong.headers.has("set-cookie")], [401, false]);
  assert.match(html, /not in mammoeval&#39;s format/);
  assert.match(html, /action="\/sign-in\?next=%2Fa%3Fb%3Dc"/, "it still leads on");
  assert.doesNotMatch(html, /mammoeval_x/, "what was typed is not shown");
  const page = await world.ask("GET", "/datasets?limit=25", { accept: "text/html" });
  assert.equal(page.headers.get("www-authenticate"), 'Bearer realm="mammoeval"', "no prompt");
  assert.match(await page.text(), /next=%2Fdatasets%3Flimit%3D25/);
  const large = await world.ask("POST", "/sign-in", { ...OWN_PAGE, "content-length": "5000" });
  assert.equal(large.status, 413);
});
