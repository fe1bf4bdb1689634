import { runCommand } from "./command.ts";
import type { Runner } from "../../../shared/site_users.ts";
import { APPTAINER_HARDENING, diagnoseApptainer, engineHardening } from "./hardening.ts";
import type { Diagnosis, EngineState } from "../../../shared/contracts/doctor.ts";

/** How long the engine's diagnosis is cached, in milliseconds: every start page asks for it. */
export const ENGINE_DIAGNOSIS_MS = 5000;

/** Finds the GPUs that evaluations may use; null if unknown, and then the engine reports a missing one. */
export async function lookForGpus(
  configured: readonly string[] | null,
): Promise<readonly number[] | null> {
  if (configured !== null) {
    if (configured.length === 1 && configured[0] === "none") return [];
    return configured.map((text) => {
      if (!/^\d{1,3}$/.test(text)) {
        throw new RangeError(`Cannot read MAMMOEVAL_GPUS: ${text} is not an index`);
      }
      return Number(text);
    });
  }
  const result = await runCommand("nvidia-smi", ["--query-gpu=index", "--format=csv,noheader"]);
  if (result.exitCode !== 0) return null;
  return result.stdout.split("\n").filter((line) => /^\d+$/.test(line.trim())).map(Number);
}

/** Docker's state where models run by Podman. */
const NOT_ASKED: EngineState = {
  ...{ ok: false, version: null, limits_lacking: [] },
  message: "Not used: MAMMOEVAL_ENGINE is podman",
};

export interface DiagnosisParts {
  readonly executor: string;
  readonly isApptainer: boolean;
  readonly isPodman: boolean;
  /** The site's engine; Docker where it has none. */
  readonly engine: () => Promise<EngineState>;
  readonly gpus: readonly number[] | null;
  readonly home: string;
  /** Bytes free on the volume; null if unknown. */
  readonly freeBytes: () => Promise<number | null>;
  /** Free bytes below which no evaluation starts. */
  readonly neededBytes: number;
  /** Model folders that override others of the same name. */
  readonly overriding: () => Diagnosis["models"]["overriding"];
  readonly runner: Runner;
  readonly hasUsersFile: boolean;
}

export async function diagnose(parts: DiagnosisParts): Promise<Diagnosis> {
  const { gpus, runner, executor, isApptainer, isPodman } = parts;
  const engine = await parts.engine();
  return {
    executor,
    docker: isPodman ? NOT_ASKED : engine,
    podman: isPodman ? engine : null,
    apptainer: isApptainer ? await diagnoseApptainer() : null,
    hardening: isApptainer
      ? [...APPTAINER_HARDENING]
      : executor === "process"
      ? []
      : engineHardening(isPodman ? "Podman" : "the engine", engine.limits_lacking),
    gpus: {
      known: gpus !== null,
      indices: [...gpus ?? []],
      message: gpus === null
        ? "nvidia-smi does not answer: set MAMMOEVAL_GPUS, or let the engine report whether it has a GPU"
        : gpus.length === 0
        ? "No GPU is available"
        : `GPUs ${gpus.join(", ")} may be used`,
    },
    volume: {
      path: parts.home,
      free_bytes: await parts.freeBytes(),
      needed_bytes: parts.neededBytes,
      // The gateway fills these in: it reaches all services.
      damaged: [],
      damaged_total: 0,
    },
    models: { overriding: parts.overriding() },
    users: {
      ...runner,
      message: parts.hasUsersFile
        ? "Containers run as the caller's user in users.txt, or as this user for callers that it does not list"
        : "users.txt does not exist: containers run as an unprivileged user",
    },
    clock: new Date().toISOString(),
  };
}
