import { type Fetch, type Log, type Service, signRequests } from "../../shared/http/mod.ts";
import type { Settings } from "../../shared/settings.ts";
import { readServiceToken, volumeLayout } from "../../shared/volume/mod.ts";
import { assembleInference } from "../inference/assemble.ts";
import { assembleIngestion } from "../ingestion/assemble.ts";
import { assembleScoring } from "../scoring/assemble.ts";
import type { Access } from "./access/admit.ts";
import { createApp, type GatewayDependencies } from "./app.ts";
import { proxyTo, type Upstreams } from "./upstreams.ts";

/** Base URL of requests within one process. */
const INSIDE = "http://inside";

/** The gateway, with the inference service that knows the machine. */
export interface GatewayService extends Service {
  readonly inference: Fetch;
}

/**
 * Assembles the gateway: a proxy if the settings name three services, otherwise all three in this process.
 * @throws {RangeError} when only some of the base URLs are set
 */
export async function assembleGateway(
  settings: Settings,
  createLog: (service: string) => Log,
  access: Access | null = null,
): Promise<GatewayService> {
  const { ingestionUrl, inferenceUrl, scoringUrl } = settings;
  const urls = [ingestionUrl, inferenceUrl, scoringUrl].filter((url) => url !== null);
  if (urls.length === 0) return await assembleEmbedded(settings, createLog, access);
  if (ingestionUrl === null || inferenceUrl === null || scoringUrl === null) {
    throw new RangeError(
      "Cannot start the gateway: set all three base URLs of the services, or none",
    );
  }
  const token = await readServiceToken(volumeLayout(settings.home));
  const upstreams = {
    ingestion: signRequests(proxyTo("ingestion", ingestionUrl), token),
    inference: signRequests(proxyTo("inference", inferenceUrl), token),
    scoring: signRequests(proxyTo("scoring", scoringUrl), token),
  };
  const app = createApp({ upstreams, log: createLog("gateway"), access, ...boundsOf(settings) });
  return {
    fetch: (request) => app.fetch(request),
    inference: upstreams.inference,
    stop: () => Promise.resolve(),
  };
}

async function assembleEmbedded(
  settings: Settings,
  createLog: (service: string) => Log,
  access: Access | null,
): Promise<GatewayService> {
  // Stopped in reverse order: inference, which calls the others, stops first.
  await using started = new AsyncDisposableStack();
  const ingestion = await assembleIngestion(settings, createLog("ingestion"));
  started.defer(() => ingestion.stop());
  const scoring = await assembleScoring(settings, createLog("scoring"));
  started.defer(() => scoring.stop());
  const inference = await assembleInference(settings, createLog("inference"), {
    ingestion: { url: INSIDE, fetch: ingestion.fetch },
    scoring: { url: INSIDE, fetch: scoring.fetch },
  });
  started.defer(() => inference.stop());
  const upstreams: Upstreams = {
    ingestion: ingestion.fetch,
    inference: inference.fetch,
    scoring: scoring.fetch,
  };
  const app = createApp({ upstreams, log: createLog("gateway"), access, ...boundsOf(settings) });
  const running = started.move();
  return {
    fetch: (request) => app.fetch(request),
    inference: inference.fetch,
    stop: () => running.disposeAsync(),
  };
}

function boundsOf(
  { rateLimit, host, published, hosts }: Settings,
): Pick<GatewayDependencies, "rateLimit" | "hosts"> {
  return { rateLimit, hosts: [host, ...published, ...hosts] };
}
