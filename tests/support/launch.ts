import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";

/** Timeout of a service's start, in milliseconds: a busy machine is slow. */
const START_MS = 90_000;

/**
 * Starts a service with the launcher, as `deno task start` and compose.yaml do, with only the permissions that its
 * settings need. The output goes to a file, since nobody reads a pipe.
 *
 * @param port on 127.0.0.1
 * @param log file to append the output to
 * @param cgroup folder of the control group for it and its children
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
 * Stops a service and waits for its end.
 *
 * @param launcher from `launch`
 */
export async function end(launcher: Deno.ChildProcess): Promise<void> {
  try {
    launcher.kill("SIGTERM");
  } catch (error) {
    // It has already ended; its log says why.
    if (!(error instanceof TypeError)) throw error;
  }
  await launcher.status;
}

/**
 * Waits until a service and those behind it are ready.
 *
 * @param log file with its output, shown if it does not start
 * @throws {assert.AssertionError} after a minute and a half
 */
export async function untilReady(url: string, log: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  let last = "no answer";
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer !== null) last = `${answer.status} ${await answer.text().catch(() => "")}`;
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const lines = await Deno.readTextFile(log).catch(() => "");
  assert.fail(`the service is not ready (${last}): ${lines}`);
}
