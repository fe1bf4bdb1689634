import { dirname, join } from "node:path";
import type { Settings } from "../shared/settings.ts";
import { ledgerReserve, volumeLayout } from "../shared/volume/mod.ts";
import { type ProgramNeeds, together } from "./permissions.ts";

/** The services, each of which can be a process of its own. */
export const SERVICES = ["gateway", "ingestion", "inference", "scoring"] as const;

/** Name of a service. */
export type ServiceName = (typeof SERVICES)[number];

/** What inference starts: the engine's client, and to see which GPUs there are. */
const ENGINE_PROGRAMS = ["docker", "nvidia-smi"];
/** What it starts where containers need no engine: the runtime, and what starts its supervisor. */
const ENGINELESS_PROGRAMS = ["apptainer", "setsid"];
/** What it starts besides where a cluster runs the models. */
const CLUSTER_PROGRAMS = ["sbatch", "squeue", "scancel", "sacct"];

/** Converters of DICOM, which are Deno, start it for 12-bit lossy JPEG. */
const DICOM_PROGRAMS = ["dcmdjpeg"];

/** Computations are Deno, with permissions of their own: they read scores and truth, and write nothing. */
const COMPUTE_PROGRAMS = ["deno"];

/** What a service needs; its programs by name, to be looked for in `PATH`. */
export interface ServiceNeeds extends Omit<ProgramNeeds, "run"> {
  readonly programs: readonly string[];
  /** Paths that it may not touch although they lie in a folder that it may. */
  readonly hidden: readonly string[];
}

/**
 * What each service may touch. Data flows one way, and here the runtime holds it: no service writes
 * what another owns, and only ingestion sees the folders that data come from.
 *
 * @returns its needs; the gateway's include the three others where it runs them itself
 */
export function serviceNeeds(service: ServiceName, settings: Settings): ServiceNeeds {
  const layout = volumeLayout(settings.home);
  const known = dirname(layout.serviceToken);
  const lock = join(layout.locks, service);
  const quarantine = (area: string): string => join(layout.quarantine, area);
  switch (service) {
    case "ingestion":
      return {
        read: [...settings.dataRoots, settings.users, layout.leases, settings.dicomwebLogins]
          .filter((path) => path !== ""),
        write: [
          layout.datasets,
          layout.uploads,
          lock,
          quarantine("datasets"),
          quarantine("uploads"),
          known,
          dirname(layout.pseudonymKey),
        ],
        net: hostsOf(...settings.dicomweb),
        programs: DICOM_PROGRAMS,
        // The volume is a folder that data may come from; what else lies there is none of its business.
        hidden: [layout.ledger, layout.tokens, layout.audit],
      };
    case "inference":
      return {
        read: [settings.users, ...settings.modelRoots, layout.datasets],
        write: [
          layout.ledger,
          ledgerReserve(layout.ledger),
          layout.leases,
          layout.results,
          layout.work,
          layout.images,
          lock,
          quarantine("leases"),
          quarantine("work"),
          settings.preprocessed,
          known,
        ],
        net: [...hostsOf(settings.ingestionUrl, settings.scoringUrl), ...settings.webhookHosts],
        programs: [
          ...ENGINE_PROGRAMS,
          ...(settings.executor === "slurm" ? CLUSTER_PROGRAMS : []),
          ...(settings.engine === "apptainer" ? ENGINELESS_PROGRAMS : []),
        ],
        hidden: [],
      };
    case "scoring":
      return {
        // Names of models, which nothing but an evaluation may have.
        read: [layout.datasets, ...settings.modelRoots],
        write: [layout.scores, layout.results, layout.readerStudies, lock, known],
        net: [],
        programs: COMPUTE_PROGRAMS,
        hidden: [],
      };
    case "gateway":
      return gatewayNeeds(settings, [dirname(layout.tokens), lock]);
  }
}

function gatewayNeeds(settings: Settings, folders: readonly string[]): ServiceNeeds {
  const own = { read: [], write: folders, net: [], programs: [], hidden: [] };
  const upstreams = hostsOf(settings.ingestionUrl, settings.inferenceUrl, settings.scoringUrl);
  if (upstreams.length > 0) return { ...own, net: upstreams };
  const mounted = (["ingestion", "inference", "scoring"] as const).map((service) =>
    serviceNeeds(service, settings)
  );
  const { read, write, net } = together(own, ...mounted);
  return { read, write, net, programs: mounted.flatMap(({ programs }) => programs), hidden: [] };
}

function hostsOf(...urls: readonly (string | null)[]): string[] {
  return urls.filter((url) => url !== null).map((url) => new URL(url).host);
}
