import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";
import { freePort } from "./free_port.ts";

/** A service in a process of its own, that can be killed and started again. */
export interface ServiceProcess extends AsyncDisposable {
  /** Base URL; stays the same over restarts. */
  readonly url: string;
  readonly home: string;
  /** Of the process, or null while it does not run. */
  readonly pid: number | null;
  /** Starts it, when it does not run, and waits until it answers. */
  start(): Promise<void>;
  /** SIGKILL: it cannot do anything about it. */
  kill(): Promise<void>;
  /** What it has written to its log so far. */
  log(): Promise<string>;
}

/** What a service process is made of. */
export interface ServiceProcessOptions {
  /** The gateway runs all services in one process, unless the environment says where others are. */
  readonly service?: "gateway" | "ingestion" | "inference" | "scoring";
  /** The results volume; made when missing, never removed. */
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whom it runs as where the tests are root; that user must be able to read the project. */
  readonly uid?: number;
  /** The Deno program that runs it; by default the one that runs the test. */
  readonly deno?: string;
}

/** Time that a service has to answer after its start, in milliseconds: a busy machine is slow, without a cache all the more. */
const START_MS = 300_000;

/**
 * Starts a service.
 *
 * @param options which one, volume, settings
 */
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
      // It has ended by itself: that is for the test to find out.
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

/** @param uid whom a program shall run as @returns what to put before its name; nothing for this user */
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
