import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { freePort } from "../support/free_port.ts";

/** A service as `deno task start` runs it. */
export interface LaunchedService extends AsyncDisposable {
  readonly url: string;
  /** Of the process that serves, the launcher's child. */
  readonly pid: number;
}

/** Time that it has to answer after its start, in milliseconds: a busy machine is slow. */
const START_MS = 60_000;

/**
 * Does what `deno task start` does: the launcher starts the service with the permissions that its settings
 * need and no more.
 *
 * @param folder for its log
 * @param environment settings
 */
export async function launchService(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<LaunchedService> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = join(folder, "service.log");
  const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-env", "--allow-read"];
  const program = [`--allow-run=${Deno.execPath()}`, join(PROJECT, "cli/launch.ts")];
  const launcher = new Deno.Command("bash", {
    args: ["-c", 'exec "$@" >>"$0" 2>&1', log, ...deno, ...program, "serve", "gateway"],
    cwd: PROJECT,
    env: { ...environment, MAMMOEVAL_PORT: String(port) },
    stdin: "null",
  }).spawn();
  const stop = async (): Promise<void> => {
    try {
      launcher.kill("SIGTERM");
    } catch (error) {
      // It has ended by itself: its log says why.
      if (!(error instanceof TypeError)) throw error;
    }
    await launcher.status;
  };
  try {
    await untilReady(url, log);
    return { url, pid: await childOf(launcher.pid), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(url: string, log: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`the service does not start: ${await Deno.readTextFile(log).catch(() => "")}`);
}

async function childOf(pid: number): Promise<number> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  const [child] = children.trim().split(" ").map(Number);
  assert.ok(child, "the launcher has a child");
  return child;
}
