import { runCommand } from "./command.ts";
import type { Runner } from "../../../shared/site_users.ts";
import { APPTAINER_HARDENING, diagnoseApptainer, dockerHardening } from "./hardening.ts";
import { type Bound, BOUNDS, type Diagnosis } from "../../../shared/contracts/doctor.ts";

/** The Docker engine as the client sees it. */
export interface DockerState {
  readonly ok: boolean;
  readonly version: string | null;
  readonly message: string;
}

/** Whether a Docker engine answers, and its version. */
export async function lookForDocker(): Promise<DockerState> {
  const result = await runCommand("docker", ["version", "--format", "{{.Server.Version}}"]);
  if (result.exitCode === 0) {
    return { ok: true, version: result.stdout.trim(), message: "A Docker engine answers" };
  }
  const reason = result.stderr.trim().split("\n").at(-1) ?? "";
  return { ok: false, version: null, message: `No Docker engine answers: ${reason}` };
}

/** Format for `docker info`: whether the engine can bound each of {@link BOUNDS}, in their order. */
const LIMITS_FORMAT = "{{.MemoryLimit}} {{.SwapLimit}} {{.PidsLimit}} {{.CPUCfsQuota}}";

/** How long the engine's diagnosis is cached, in milliseconds: every start page asks for it. */
export const DOCKER_DIAGNOSIS_MS = 5000;

/** The engine as the client sees it, and the limits that it cannot enforce. */
export async function diagnoseDocker(): Promise<Diagnosis["docker"]> {
  const state = await lookForDocker();
  if (!state.ok) return { ...state, limits_lacking: [] };
  const info = await runCommand("docker", ["info", "--format", LIMITS_FORMAT]);
  return { ...state, limits_lacking: info.exitCode === 0 ? limitsLacking(info.stdout) : [] };
}

/** Parses true or false for each of {@link BOUNDS}, in their order; returns what the engine cannot bound. */
export function limitsLacking(answer: string): Bound[] {
  const answers = answer.trim().split(/\s+/);
  return BOUNDS.filter((_, index) => answers[index] === "false");
}

/**
 * Finds the GPUs that evaluations may use.
 * @param configured indices from `MAMMOEVAL_GPUS`, or null to ask nvidia-smi
 * @returns indices, or null if unknown: then the engine reports a missing GPU when a job asks for it
 */
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

/** Inputs of a diagnosis. */
export interface DiagnosisParts {
  readonly executor: string;
  readonly isApptainer: boolean;
  readonly docker: () => Promise<Diagnosis["docker"]>;
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

/** Diagnoses the machine. */
export async function diagnose(parts: DiagnosisParts): Promise<Diagnosis> {
  const { gpus, runner, executor, isApptainer } = parts;
  const docker = await parts.docker();
  return {
    executor,
    docker,
    apptainer: isApptainer ? await diagnoseApptainer() : null,
    hardening: isApptainer
      ? [...APPTAINER_HARDENING]
      : executor === "process"
      ? []
      : dockerHardening(docker.limits_lacking),
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
