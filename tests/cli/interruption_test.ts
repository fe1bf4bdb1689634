import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { SAME_PRESS_MS } from "../../cli/interruption.ts";
import { connect, type EvaluationRecord } from "../../client/mod.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { makeWaitingProject } from "../support/waiting_model.ts";
import {
  begin,
  ended,
  evaluateArguments,
  hasTerminal,
  inFolder,
  LAUNCH,
  onTerminal,
} from "./launch.ts";

/** What a terminal makes SIGINT of. */
const CTRL_C = new TextEncoder().encode("\x03");

/** Waits until an evaluation runs on a service. */
async function running(url: string): Promise<EvaluationRecord> {
  while (true) {
    for await (const evaluation of connect({ url }).evaluations.list()) {
      assert.equal(evaluation.finished_at, null, "it must be broken off while it runs");
      if (evaluation.status === "running") return evaluation;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Listens to what a command says, from its beginning. */
function listenTo(stream: ReadableStream<Uint8Array>): {
  /** Waits until it has said this. */
  until(text: string): Promise<void>;
  /** All that it has said, once it has ended. */
  all(): Promise<string>;
} {
  const pieces = stream.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let heard = "";
  async function hearMore(): Promise<boolean> {
    const { done, value } = await pieces.next();
    heard += value ?? "";
    return done !== true;
  }
  return {
    async until(text): Promise<void> {
      while (!heard.includes(text)) {
        assert.ok(await hearMore(), `it ended without saying ${text}: ${heard}`);
      }
    },
    async all(): Promise<string> {
      while (await hearMore());
      return heard;
    },
  };
}

/** Presses Ctrl-C, again and again with pauses that no echo has, until the command has ended. */
async function pressUntilEnded(child: Deno.ChildProcess): Promise<number> {
  const ended = child.status.then(({ code }) => code);
  while (true) {
    const pause = Promise.withResolvers<null>();
    const timer = setTimeout(() => pause.resolve(null), 1.5 * SAME_PRESS_MS);
    const code = await Promise.race([ended, pause.promise]);
    clearTimeout(timer);
    if (code !== null) return code;
    try {
      child.kill("SIGINT");
    } catch {
      return await ended; // it has ended in between
    }
  }
}

/** A service on which nothing ever ends, whatever is asked of it. */
function startEndlessService(): AsyncDisposable & { readonly url: string } {
  const evaluation = {
    ...{ id: "1", model: "reference", status: "running", finished_at: null },
    progress: { done: null, total: null, note: null },
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async ({ method, url }) => {
      const { pathname } = new URL(url);
      if (method === "GET" && pathname === "/v1/datasets") return Response.json({ items: [] });
      if (pathname === "/v1/datasets") {
        return Response.json({ id: "exp1", status: "ready", warnings: [] });
      }
      if (method === "GET") await new Promise((resolve) => setTimeout(resolve, 100));
      return Response.json(evaluation);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} while evaluate follows: the evaluation is cancelled, ${exitCode}, one document`, () =>
    inFolder(async (folder) => {
      await using service = await startEmbedded({}, await makeWaitingProject(folder));
      const command = [...LAUNCH, ...evaluateArguments(folder), "--json"];
      const child = begin(command, join(folder, "home"), { MAMMOEVAL_URL: service.url });
      const { id } = await running(service.url);
      child.kill(signal);
      const { code, stdout, stderr } = await ended(child);
      assert.equal(code, exitCode, stderr);
      assert.match(stderr, new RegExp(`Cancelling evaluation ${id}`));
      const { type, evaluation } = JSON.parse(stdout);
      assert.deepEqual([type, evaluation.id, evaluation.status], ["cancelled", id, "cancelled"]);
      const now = await connect({ url: service.url }).evaluations.get(id);
      assert.equal(now.status, "cancelled");
    }));
}

Deno.test("SIGINT where the services run in the command itself: what the volume keeps is cancelled", () =>
  inFolder(async (folder) => {
    const home = join(folder, "home");
    const project = await makeWaitingProject(folder);
    const environment = { MAMMOEVAL_MODELS: join(project, "models") };
    const command = [...LAUNCH, ...evaluateArguments(folder)];
    const child = begin(command, home, environment, "null", project);
    const stderr = listenTo(child.stderr);
    await stderr.until("reference: running");
    child.kill("SIGINT");
    assert.equal((await child.status).code, 130, await stderr.all());
    await child.stdout.cancel();
    await using service = await startEmbedded({ MAMMOEVAL_HOME: home });
    const evaluations = await Array.fromAsync(connect({ url: service.url }).evaluations.list());
    assert.deepEqual(evaluations.map(({ status }) => status), ["cancelled"]);
  }));

Deno.test("a second Ctrl-C leaves at once, whatever goes on, and says so", () =>
  inFolder(async (folder) => {
    await using service = startEndlessService();
    const environment = { MAMMOEVAL_URL: service.url };
    const child = begin([...LAUNCH, ...evaluateArguments(folder)], folder, environment);
    const stderr = listenTo(child.stderr);
    await stderr.until("reference: running");
    child.kill("SIGINT");
    await stderr.until("Cancelling evaluation 1");
    assert.equal(await pressUntilEnded(child), 130);
    const lines = (await stderr.all()).trim().split("\n");
    assert.match(lines.at(-2)!, /^Cancelling evaluation 1; Ctrl-C once more leaves at once$/);
    assert.match(lines.at(-1)!, /^Left at once: /);
    await child.stdout.cancel();
  }));

Deno.test({
  name: "Ctrl-C on a terminal, where every process of deno task gets it, is one press",
  ignore: !hasTerminal,
  fn: () =>
    inFolder(async (folder) => {
      await using service = await startEmbedded({}, await makeWaitingProject(folder));
      const command = onTerminal([Deno.execPath(), "task", ...evaluateArguments(folder)]);
      const path = `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;
      const environment = { MAMMOEVAL_URL: service.url, PATH: path };
      const child = begin(command, join(folder, "home"), environment, "piped");
      const { id } = await running(service.url);
      const keyboard = child.stdin.getWriter();
      await keyboard.write(CTRL_C);
      const { code, stdout } = await ended(child);
      await keyboard.close().catch(() => {});
      assert.equal(code, 130, stdout);
      assert.match(stdout, /Cancelling evaluation/);
      assert.match(stdout, /was cancelled/);
      const now = await connect({ url: service.url }).evaluations.get(id);
      assert.equal(now.status, "cancelled");
    }),
});
