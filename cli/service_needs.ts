import { dirname, join } from "node:path";
import type { Settings } from "../shared/settings.ts";
import { PODMAN_PATHS } from "../services/inference/engine/podman.ts";
import { ledgerReserve, volumeLayout } from "../shared/volume/mod.ts";
import { type ProgramNeeds, together } from "./permissions.ts";

export const SERVICES = ["gateway", "ingestion", "inference", "scoring"] as const;

export type ServiceName = (typeof SERVICES)[number];

/** Additional programs for Apptainer: the runtime, and the starter of its supervisor. */
const ENGINELESS_PROGRAMS = ["apptainer", "setsid"];
const CLUSTER_PROGRAMS = ["sbatch", "squeue", "scancel", "sacct"];

/** Opens images as the containers' users would. */
const INGESTION_PROGRAMS = ["setpriv"];

/** Computations run as Deno processes with their own permissions: they read scores and truth, and write nothing. */
const COMPUTE_PROGRAMS = ["deno"];

/** What a service needs; programs are named as in `PATH`. */
export interface ServiceNeeds extends Omit<ProgramNeeds, "run"> {
  readonly programs: readonly string[];
  /** Paths denied although they lie in an allowed folder. */
  readonly hidden: readonly string[];
}

/** The permissions of each service. Here the runtime enforces that no service writes what another owns. */
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
        programs: INGESTION_PROGRAMS,
        // Data may come from the volume, but these files on it are private.
        hidden: [layout.ledger, layout.tokens, layout.audit],
      };
    case "inference":
      return {
        read: [
          ...[settings.users, ...settings.modelRoots, layout.datasets],
          ...(settings.engine === "podman" ? PODMAN_PATHS : []),
        ],
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
          settings.engine === "podman" ? "podman" : "docker",
          "nvidia-smi", // to list the GPUs
          ...(settings.executor === "slurm" ? CLUSTER_PROGRAMS : []),
          ...(settings.engine === "apptainer" ? ENGINELESS_PROGRAMS : []),
        ],
        hidden: [],
      };
    case "scoring":
      return {
        // To know the names of models, which are reserved for evaluations.
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
  const net = settings.openId?.hosts ?? [];
  const own = { read: [], write: folders, net, programs: [], hidden: [] };
  const upstreams = hostsOf(settings.ingestionUrl, settings.inferenceUrl, settings.scoringUrl);
  if (upstreams.length > 0) return { ...own, net: [...net, ...upstreams] };
  const mounted = (["ingestion", "inference", "scoring"] as const).map((service) =>
    serviceNeeds(service, settings)
  );
  const { run: _none, ...needs } = together(own, ...mounted);
  return { ...needs, programs: mounted.flatMap(({ programs }) => programs), hidden: [] };
}

function hostsOf(...urls: readonly (string | null)[]): string[] {
  return urls.filter((url) => url !== null).map((url) => new URL(url).host);
}
