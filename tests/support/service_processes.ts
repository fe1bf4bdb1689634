import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, type ServiceUnderTest } from "./embedded_service.ts";

/** Four services under test, each in a process of its own. */
export interface ProcessesUnderTest extends ServiceUnderTest {
  /** Base URLs of the three services behind the gateway. */
  readonly direct: Readonly<Record<"ingestion" | "inference" | "scoring", string>>;
}

/** Time that a service has to answer after its start, in milliseconds: a busy machine is slow. */
const START_MS = 90_000;

/**
 * Starts the four services as `deno task start` and compose.yaml do, by `cli/launch.ts`, so that each
 * has the permissions that it would have in earnest.
 */
export async function startServiceProcesses(): Promise<ProcessesUnderTest> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-processes-" });
  const [home, dataFolder] = [join(folder, "home"), join(folder, "data")];
  await Deno.mkdir(dataFolder);
  const [gateway, ingestion, inference, scoring] = freePorts(4);
  const urlOf = (port: number | undefined): string => `http://127.0.0.1:${port}`;
  const common = {
    MAMMOEVAL_HOME: home,
    MAMMOEVAL_DATA_ROOTS: `${PROJECT},${dataFolder}`,
    MAMMOEVAL_EXECUTOR: "process",
    MAMMOEVAL_GPUS: "none",
  };
  const behind = {
    MAMMOEVAL_INGESTION_URL: urlOf(ingestion),
    MAMMOEVAL_INFERENCE_URL: urlOf(inference),
    MAMMOEVAL_SCORING_URL: urlOf(scoring),
  };
  const log = join(folder, "log.txt");
  const children = [
    launch("ingestion", ingestion!, log, common),
    launch("scoring", scoring!, log, common),
    launch("inference", inference!, log, { ...common, ...behind, MAMMOEVAL_INFERENCE_URL: "" }),
    launch("gateway", gateway!, log, { MAMMOEVAL_HOME: home, ...behind }),
  ];
  async function stop(): Promise<void> {
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(children.map(({ status }) => status));
    await Deno.remove(folder, { recursive: true });
  }
  try {
    await untilReady(urlOf(gateway), log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: urlOf(gateway),
    dataFolder,
    home,
    direct: { ingestion: urlOf(ingestion), inference: urlOf(inference), scoring: urlOf(scoring) },
    [Symbol.asyncDispose]: stop,
  };
}

function launch(
  service: string,
  port: number,
  log: string,
  environment: Record<string, string>,
): Deno.ChildProcess {
  const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-env", "--allow-read"];
  const program = [`--allow-run=${Deno.execPath()}`, join(PROJECT, "cli/launch.ts")];
  return new Deno.Command("bash", {
    args: ["-c", 'exec "$@" >>"$0" 2>&1', log, ...deno, ...program, "serve", service],
    cwd: PROJECT,
    env: { ...environment, MAMMOEVAL_PORT: String(port) },
    stdin: "null",
  }).spawn();
}

async function untilReady(url: string, log: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`the services do not start: ${await Deno.readTextFile(log).catch(() => "")}`);
}

/** All are held until the last is found, so that none is found twice. */
function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}
