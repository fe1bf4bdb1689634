import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";
import { freePort } from "./free_port.ts";

/** A service in its own process, which can be killed and restarted. */
export interface ServiceProcess extends AsyncDisposable {
  /** Base URL; stays the same across restarts. */
  readonly url: string;
  readonly home: string;
  /** Pid of the process, or null while it does not run. */
  readonly pid: number | null;
  /** Starts it unless it runs, and waits until it is ready. */
  start(): Promise<void>;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
  /** Returns its log so far. */
  log(): Promise<string>;
}

/** Options of a service process. */
export interface ServiceProcessOptions {
  /** The gateway runs all services in one process, unless the environment names others. */
  readonly service?: "gateway" | "ingestion" | "inference" | "scoring";
  /** The results volume; created if missing, never removed. */
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** User to run as if the tests run as root; it must be able to read the project. */
  readonly uid?: number;
  /** The Deno program that runs it; default: the one that runs the test. */
  readonly deno?: string;
}

/** Timeout of its start, in milliseconds: a busy machine is slow, especially without a cache. */
const START_MS = 300_000;

/** Starts a service. */
export async function startServiceProcess(
  { service = "gateway", home, environment = {}, uid, deno = Deno.execPath() }:
    ServiceProcessOptions,
): Promise<ServiceProcess> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  await Deno.mkdir(home, { recursive: true });
  const logPath = join(home, "..", `${service}-${port}.log`);
  let child: Deno.ChildProcess | null = null;

  async function start(): Promise<void> {
    if (child !== null) return;
    child = spawn(service, port, logPath, { MAMMOEVAL_HOME: home, ...environment }, [
      ...asUser(uid),
      deno,
    ]);
    const deadline = performance.now() + START_MS;
    while (!await answers(url)) {
      assert.ok(performance.now() < deadline, `${service} does not start: ${await log()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function kill(): Promise<void> {
    try {
      child?.kill("SIGKILL");
    } catch (error) {
      // It has already ended; the test will find out.
      if (!(error instanceof TypeError)) throw error;
    }
    await child?.status;
    child = null;
  }

  async function log(): Promise<string> {
    return await Deno.readTextFile(logPath).catch(() => "");
  }

  await start();
  return {
    url,
    home,
    get pid(): number | null {
      return child?.pid ?? null;
    },
    start,
    kill,
    log,
    [Symbol.asyncDispose]: kill,
  };
}

/** The output goes to a file: a pipe would have to be read, and would break with a kill. */
function spawn(
  service: string,
  port: number,
  logPath: string,
  env: Record<string, string>,
  program: readonly string[],
): Deno.ChildProcess {
  const main = join(PROJECT, "services", service, "main.ts");
  const flags = ["serve", "--quiet", "--no-prompt", "-A"];
  const place = ["--host", "127.0.0.1", "--port", String(port)];
  return new Deno.Command("bash", {
    args: ["-c", 'exec "$@" >>"$0" 2>&1', logPath, ...program, ...flags, ...place, main],
    cwd: PROJECT,
    env: { DISABLE_SYSTEM_FONTS_LOAD: "1", ...env },
    stdin: "null",
  }).spawn();
}

/** Returns the command prefix that runs a program as a user; empty for the current user. */
export function asUser(uid: number | undefined): string[] {
  if (uid === undefined || uid === Deno.uid()) return [];
  return ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
