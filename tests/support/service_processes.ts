import { join } from "node:path";
import { PROJECT, type ServiceUnderTest } from "./embedded_service.ts";
import { end, launch, untilReady } from "./launch.ts";

/** Four services under test, each in its own process. */
export interface ProcessesUnderTest extends ServiceUnderTest {
  /** Base URLs of the three services behind the gateway. */
  readonly direct: Readonly<Record<"ingestion" | "inference" | "scoring", string>>;
}

/**
 * Starts the four services with `cli/launch.ts`, as `deno task start` and compose.yaml do, so that each has its
 * production permissions.
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
    await Promise.all(children.map(end));
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

/** All ports stay open until the last is found, so that none is found twice. */
function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}
