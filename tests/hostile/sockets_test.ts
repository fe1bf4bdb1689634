import assert from "node:assert/strict";
import { join } from "node:path";
import { evaluate, registerSample } from "../support/evaluations.ts";
import { launchService } from "../load/launched_service.ts";
import { runFamily, tableOf } from "./attack_table.ts";
import { type Attack, PATIENCE_MS } from "./attacks.ts";

/** Connections of each kind. */
const CONNECTIONS = 300;
/** What the service may take up for one of them, in bytes. */
const BYTES_EACH_MAX = 128 * 1024;
/**
 * What it may grow by meanwhile for reasons of its own, in bytes: V8 lets the garbage of thousands of answers lie. What
 * holds 1 MiB a connection goes beyond it.
 */
const BYTES_FREE = 256 * 1024 * 1024;

const HEAD = "GET /v1/datasets HTTP/1.1\r\nhost: 127.0.0.1\r\n";
const POST =
  "POST /v1/evaluations HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n";

/** What each connection of a kind sends before it falls silent. */
const kindsFor = (evaluation: string): Readonly<Record<string, string>> => ({
  "connections that say nothing": "",
  "connections that are kept after an answer": `${HEAD}\r\n`,
  "headers that do not end": `${HEAD}x-slow: `,
  "bodies that do not come": `${POST}content-length: 1000\r\n\r\n`,
  "bodies that break off": `${POST}content-length: 1000\r\n\r\n{"model":`,
  "chunks that do not end": `${POST}transfer-encoding: chunked\r\n\r\n3e8\r\n{"model":`,
  "downloads that nobody reads":
    "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
  "lists that nobody reads": `${HEAD}\r\n`.repeat(20),
  "heads of files alone": [
    "/docs/swagger-ui-bundle.js",
    `/v1/evaluations/${evaluation}/predictions.csv`,
    `/v1/evaluations/${evaluation}/log`,
  ].map((path) => `HEAD ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`).join(""),
});

/** The service as the kernel sees it. */
interface Seen {
  readonly bytes: number;
  /** Connections and files. */
  readonly open: number;
}

Deno.test({
  name:
    "connections that hold still: others are served, memory stays bounded, and nothing is left of them",
  ignore: Deno.build.os !== "linux",
  async fn(): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-sockets-" });
    try {
      // As people start it: the launcher tells V8 to keep the heap small.
      await using service = await launchService(folder, {
        MAMMOEVAL_HOME: join(folder, "home"),
        MAMMOEVAL_EXECUTOR: "process",
        MAMMOEVAL_GPUS: "none",
      });
      await registerSample(service.url);
      const { id } = await evaluate(service.url, "reference");
      const see = (): Promise<Seen> => lookAt(service.pid);
      const attacks: Attack[] = Object.entries(kindsFor(id)).map(([name, text]) => ({
        name,
        run: () => holdStill(service.url, text, see),
      }));
      const row = await runFamily({ name: "connections", attacks });
      const tried = { ...row, tried: row.tried * CONNECTIONS };
      Deno.stderr.writeSync(new TextEncoder().encode(tableOf([tried])));
      assert.deepEqual(row.through, []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function holdStill(
  url: string,
  text: string,
  see: () => Promise<Seen>,
): Promise<string | null> {
  const before = await see();
  const { hostname, port } = new URL(url);
  const bytes = new TextEncoder().encode(text);
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(bytes);
    return connection;
  }));
  try {
    const others = await Promise.all(Array.from({ length: 20 }, () => answered(url)));
    if (others.includes(false)) return "others are not served";
    const grown = (await see()).bytes - before.bytes;
    if (grown > BYTES_FREE + CONNECTIONS * BYTES_EACH_MAX) {
      return `it takes up ${Math.round(grown / 1024 / 1024)} MiB more`;
    }
  } finally {
    for (const connection of connections) connection.close();
  }
  const deadline = performance.now() + PATIENCE_MS;
  while ((await see()).open > before.open + 30) {
    if (performance.now() > deadline) {
      return `${(await see()).open - before.open} connections or files stay open`;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return await answered(url) ? null : "it does not answer any more";
}

async function answered(url: string): Promise<boolean> {
  const response = await fetch(`${url}/v1/datasets`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  await response.body?.cancel();
  return response.ok;
}

async function lookAt(pid: number): Promise<Seen> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const kib = Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]);
  const open = await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`));
  return { bytes: kib * 1024, open: open.length };
}
