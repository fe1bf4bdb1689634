import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

interface Span {
  readonly name: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { stringValue?: string };
  }[];
}

interface TraceExport {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: Span[] }[] }[];
}

/** Takes in what is exported, as a collector does. */
function startCollector(): {
  url: string;
  span(name: string): Promise<Span>;
  stop(): Promise<void>;
} {
  const seen: Span[] = [];
  let wake = (): void => {};
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (new URL(request.url).pathname === "/v1/traces") {
        const body: TraceExport = await request.json();
        seen.push(
          ...body.resourceSpans.flatMap(({ scopeSpans }) =>
            scopeSpans.flatMap(({ spans }) => spans)
          ),
        );
        wake();
      } else await request.body?.cancel();
      return Response.json({});
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async span(name): Promise<Span> {
      while (true) {
        const found = seen.find((span) => span.name === name);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    stop: () => server.shutdown(),
  };
}

Deno.test("a trace names the route, not the path, and carries the request id", async () => {
  const collector = startCollector();
  const server = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-all",
      fileURLToPath(new URL("traced_server.ts", import.meta.url)),
    ],
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: "50",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const output = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const port = Number((await output.read()).value);
    await output.cancel();
    const headers = { "x-request-id": "r1" };
    const answer = await fetch(`http://127.0.0.1:${port}/v1/things/7`, { headers });
    assert.deepEqual(await answer.json(), { id: "7" });
    const { attributes } = await collector.span("GET /v1/things/:id");
    const valueOf = (name: string): string | undefined =>
      attributes.find(({ key }) => key === name)?.value.stringValue;
    assert.equal(valueOf("http.route"), "/v1/things/:id");
    assert.equal(valueOf("mammoeval.request_id"), "r1");
  } finally {
    server.kill("SIGKILL");
    await server.status;
    await collector.stop();
  }
});
