import type { CommandResult } from "../engine/command.ts";
import { type ContainerEngine, DOCKER } from "../engine/container_engine.ts";
import type { Failure } from "../engine/executor.ts";
import type { Job } from "../engine/job.ts";

/** The fields of a job that a start failure names. */
type StartedJob = Pick<Job, "gpus" | "image"> & Partial<Pick<Job, "model">>;

/** What the engine says when a container cannot start, and the message for the user. */
const KNOWN_FAILURES: readonly {
  sign: RegExp;
  type: Failure["type"];
  message: (image: string, gpus: readonly number[], engine: ContainerEngine) => string;
}[] = [
  {
    sign: /could not select device driver/i,
    type: "gpu_unavailable",
    message: () =>
      "The Docker engine cannot give GPUs to containers: install the NVIDIA Container Toolkit, " +
      "run nvidia-ctk runtime configure, restart the engine; or evaluate on cpu",
  },
  {
    sign: /unresolvable CDI devices|no CDI|failed to inject devices/i,
    type: "gpu_unavailable",
    message: (_, gpus) =>
      `Podman knows no GPU ${gpus.join(", ")}: nvidia-ctk cdi list shows those that it knows, ` +
      "nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml writes them; or evaluate on cpu",
  },
  {
    sign: /container-init|catatonit/i,
    type: "engine_unavailable",
    message: () => "Podman needs catatonit to start containers: install the package catatonit",
  },
  {
    sign: /unknown device|device error/i,
    type: "gpu_unavailable",
    message: (_, gpus) => `There is no GPU ${gpus.join(", ")}: nvidia-smi lists the available GPUs`,
  },
  {
    sign: /nvidia-container-cli|nvidia-container-runtime/i,
    type: "gpu_unavailable",
    message: () => "The GPU cannot be given to the container: check the driver with nvidia-smi",
  },
  {
    sign: /no such image|unable to find image|manifest unknown|image not known/i,
    type: "image_missing",
    message: (image) => `The image of ${image} no longer exists: evaluate again to rebuild it`,
  },
  {
    sign: /no space left on device/i,
    type: "disk_full",
    message: (_image, _gpus, { name, title }) =>
      `${title} has no space left: free some (${name} system df), then evaluate again`,
  },
  {
    sign:
      /exec format error|no matching manifest|does not match the (?:detected|specified) (?:host )?platform/i,
    type: "container_failed",
    message: (image) =>
      `The image of ${image} is for a different processor architecture: build it for this machine`,
  },
  {
    sign: /exec: "bash"|executable file not found/i,
    type: "container_failed",
    message: (image) =>
      `The image of ${image} has no bash: predict.sh needs it; install it in the Dockerfile`,
  },
  {
    sign: /cannot connect to the docker daemon|cannot be started/i,
    type: "engine_unavailable",
    message: (_image, _gpus, { title }) =>
      `No ${title} engine answers: start it, then evaluate again`,
  },
];

/** Lines of the client that do not tell the reason. */
const NOTHING_SAID = /^(See|Run) 'docker \w+ --help'|^Error: failed to start containers: /;

/** Explains why `docker run`, `docker create` or `docker start` did not start a container, and what to do. */
export function explainStartFailure(
  job: StartedJob,
  result: CommandResult,
  engine: ContainerEngine = DOCKER,
): Failure {
  const said = result.stderr.trim();
  const known = KNOWN_FAILURES.find(({ sign }) => sign.test(said));
  if (known !== undefined) {
    return { type: known.type, message: known.message(job.model ?? job.image, job.gpus, engine) };
  }
  const lines = said.split("\n").filter((line) => line.trim() !== "" && !NOTHING_SAID.test(line));
  return {
    type: "container_failed",
    message: `The container could not start: ${
      lines.at(-1) ?? `${engine.name} ended with ${result.exitCode}`
    }`,
  };
}
