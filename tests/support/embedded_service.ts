import { join } from "node:path";
import { assembleAccess } from "../../services/gateway/access/assemble.ts";
import { assembleGateway } from "../../services/gateway/assemble.ts";
import { type Log, SILENT_LOG } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** A mammoeval under test. */
export interface ServiceUnderTest extends AsyncDisposable {
  /** Base URL without a trailing slash. */
  readonly url: string;
  /** Folder that the service may read data from and the test may write to. */
  readonly dataFolder: string;
  /** The results volume; null if the test cannot access it. */
  readonly home: string | null;
}

/** The project's root. */
export const PROJECT = new URL("../..", import.meta.url).pathname;

/**
 * Starts all services in this process on a free port of 127.0.0.1, or on `MAMMOEVAL_PORT`.
 *
 * @param environment settings; a volume named here is not removed at the end
 * @param project the folder whose `models/` the service has
 */
export async function startEmbedded(
  environment: Record<string, string> = {},
  project = PROJECT,
  createLog: (service: string) => Log = () => SILENT_LOG,
): Promise<ServiceUnderTest> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-");
  const home = environment["MAMMOEVAL_HOME"] ?? join(folder, "home");
  const dataFolder = join(folder, "data");
  await Deno.mkdir(dataFolder);
  const variables: Record<string, string> = {
    MAMMOEVAL_HOME: home,
    MAMMOEVAL_DATA_ROOTS: `${PROJECT},${dataFolder}`,
    MAMMOEVAL_EXECUTOR: "process",
    MAMMOEVAL_GPUS: "none",
    ...environment,
  };
  const settings = readSettings((name) => variables[name], project);
  const access = await assembleAccess(settings, createLog("gateway"));
  const service = await assembleGateway(settings, createLog, access);
  stack.defer(() => service.stop());
  const port = Number(environment["MAMMOEVAL_PORT"] ?? 0);
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, service.fetch);
  stack.defer(() => server.shutdown());
  const made = stack.move();
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    dataFolder,
    home,
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}
