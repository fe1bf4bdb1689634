import assert from "node:assert/strict";
import { join } from "node:path";
import { freePort } from "../support/free_port.ts";
import { end, launch, untilReady } from "../support/launch.ts";

/** A service as `deno task start` runs it. */
export interface LaunchedService extends AsyncDisposable {
  readonly url: string;
  /** Of the process that serves, the launcher's child. */
  readonly pid: number;
}

/**
 * Does what `deno task start` does: the launcher starts the service with the permissions that its settings
 * need and no more.
 *
 * @param folder for its log
 * @param environment settings
 * @param cgroup folder of a control group for the service and all that it starts
 */
export async function launchService(
  folder: string,
  environment: Readonly<Record<string, string>>,
  cgroup?: string,
): Promise<LaunchedService> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = join(folder, "service.log");
  const launcher = launch("gateway", port, log, environment, cgroup);
  const stop = (): Promise<void> => end(launcher);
  try {
    await untilReady(url, log);
    return { url, pid: await childOf(launcher.pid), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function childOf(pid: number): Promise<number> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  const [child] = children.trim().split(" ").map(Number);
  assert.ok(child, "the launcher has a child");
  return child;
}
