import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";

/** Time that a service has to answer after its start, in milliseconds: a busy machine is slow. */
const START_MS = 90_000;

/**
 * Starts a service as `deno task start` and compose.yaml do: the launcher gives it the permissions that its
 * settings need and no more. The output goes to a file: a pipe would have to be read.
 *
 * @param service whose main.ts is meant
 * @param port on 127.0.0.1
 * @param log file that its output is added to
 * @param environment settings
 * @param cgroup folder of a control group that it starts in, with all its children
 * @returns the launcher, whose child serves
 */
export function launch(
  service: "gateway" | "ingestion" | "inference" | "scoring",
  port: number,
  log: string,
  environment: Readonly<Record<string, string>>,
  cgroup?: string,
): Deno.ChildProcess {
  const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-env", "--allow-read"];
  const program = [`--allow-run=${Deno.execPath()}`, join(PROJECT, "cli/launch.ts")];
  const joinGroup = cgroup === undefined ? "" : 'echo $$ >"$CGROUP/cgroup.procs" && ';
  return new Deno.Command("bash", {
    args: ["-c", `${joinGroup}exec "$@" >>"$0" 2>&1`, log, ...deno, ...program, "serve", service],
    cwd: PROJECT,
    env: { ...environment, MAMMOEVAL_PORT: String(port), ...(cgroup && { CGROUP: cgroup }) },
    stdin: "null",
  }).spawn();
}

/**
 * Asks a service to end, and waits until it has.
 *
 * @param launcher from `launch`
 */
export async function end(launcher: Deno.ChildProcess): Promise<void> {
  try {
    launcher.kill("SIGTERM");
  } catch (error) {
    // It has ended by itself: its log says why.
    if (!(error instanceof TypeError)) throw error;
  }
  await launcher.status;
}

/**
 * Waits until a service and those behind it answer.
 *
 * @param url base URL
 * @param log file with its output, shown when it does not start
 * @throws {assert.AssertionError} after a minute and a half
 */
export async function untilReady(url: string, log: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`the service does not start: ${await Deno.readTextFile(log).catch(() => "")}`);
}
