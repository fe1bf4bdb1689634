import { BOUNDS, type EngineState } from "../../../shared/contracts/doctor.ts";
import { type CommandOptions, type CommandResult, runCommand } from "./command.ts";
import { diagnosePodman, podmanLacks } from "./podman.ts";

/** What differs between the two engines that take Docker's command line. */
export interface ContainerEngine {
  readonly name: "docker" | "podman";
  /** Name for people. */
  readonly title: string;
  run(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Whether the engine can run containers, its version, and what it cannot bound. */
  diagnose(): Promise<EngineState>;
  /** Arguments of `create` and `run` that give a container these GPUs (indices). */
  gpuArguments(gpus: readonly number[]): readonly string[];
  createArguments(): readonly string[];
  /** Limits that `create` must not ask for here: an engine without the control group would refuse. */
  unsupported(): Promise<EngineState["limits_lacking"]>;
  /** Field of `ps --format` with the value of a container's label. */
  labelField(label: string): string;
  /** Whether the client reaches the engine's HTTP API: live output and statistics come from there. */
  readonly hasApi: boolean;
}

/** Format for `docker info`: whether the engine can bound each of {@link BOUNDS}, in their order. */
const LIMITS_FORMAT = "{{.MemoryLimit}} {{.SwapLimit}} {{.PidsLimit}} {{.CPUCfsQuota}}";

export const DOCKER: ContainerEngine = {
  name: "docker",
  title: "Docker",
  hasApi: true,
  createArguments: () => [],
  run: (args, options) => runCommand("docker", args, options),
  diagnose: diagnoseDocker,
  // `--gpus` is CSV: several indices need their own quotes.
  gpuArguments(gpus): string[] {
    const devices = `device=${gpus.join(",")}`;
    return ["--gpus", gpus.length > 1 ? `"${devices}"` : devices];
  },
  unsupported: () => Promise.resolve([]),
  labelField: (label) => `{{.Label "${label}"}}`,
};

/** Before each further piece of a line of `podman logs --timestamps`: one per write of the container. */
export const PIECE_STAMP = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z /g;

/** Podman, which has no engine process: each container has its own supervisor, `conmon`. */
export const PODMAN: ContainerEngine = {
  name: "podman",
  title: "Podman",
  hasApi: false,
  createArguments: () => [
    // Maps the caller's user to itself, so that files of the container are the caller's.
    ...(Deno.uid() === 0 ? [] : ["--userns", "keep-id"]),
    // Otherwise the container gets the machine's names and proxies.
    ...["--no-hosts", "--http-proxy=false"],
    // SELinux would deny the mounts; the alternative writes new labels to the data owner's files.
    ...["--security-opt", "label=disable"],
  ],
  run: (args, options) =>
    // Podman stamps log lines with local time.
    runCommand("podman", args, { ...options, addedEnvironment: { TZ: "UTC" }, piece: PIECE_STAMP }),
  diagnose: diagnosePodman,
  gpuArguments: (gpus) => gpus.flatMap((gpu) => ["--device", `nvidia.com/gpu=${gpu}`]),
  unsupported: podmanLacks,
  labelField: (label) => `{{index .Labels "${label}"}}`,
};

async function diagnoseDocker(): Promise<EngineState> {
  const result = await DOCKER.run(["version", "--format", "{{.Server.Version}}"]);
  if (result.exitCode !== 0) {
    const message = `No Docker engine answers: ${result.stderr.trim().split("\n").at(-1)}`;
    return { ok: false, version: null, message, limits_lacking: [] };
  }
  const info = await DOCKER.run(["info", "--format", LIMITS_FORMAT]);
  return {
    ...{ ok: true, version: result.stdout.trim(), message: "A Docker engine answers" },
    limits_lacking: info.exitCode === 0 ? limitsLacking(info.stdout) : [],
  };
}

/** Parses true or false for each of {@link BOUNDS}, in their order; returns what the engine cannot bound. */
export function limitsLacking(answer: string): EngineState["limits_lacking"] {
  const answers = answer.trim().split(/\s+/);
  return BOUNDS.filter((_, index) => answers[index] === "false");
}
