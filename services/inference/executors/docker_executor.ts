import type { BuildContexts } from "../container_images/build_contexts.ts";
import { runCommand } from "./command.ts";
import {
  containerName,
  dockerProbeArguments,
  dockerRunArguments,
  EVALUATION_LABEL,
  VOLUME_LABEL,
} from "./docker_arguments.ts";
import { explainStartFailure } from "./docker_failures.ts";
import { type ContainerState, endOf } from "./docker_state.ts";
import { TIMED_LINE, timedLines } from "./timed_lines.ts";
import { measureContainer } from "./docker_stats.ts";
import type { ContainerImage, Executor, FollowHooks, OnLine, Outcome, RunEnd } from "./executor.ts";
import type { Job } from "./job.ts";
import { findImage, type MakeRoom, provideImage } from "../container_images/docker_images.ts";

/** How long to wait before asking an engine again that did not answer, in milliseconds. */
const ENGINE_RETRY_MS = 1000;
/** Looks at a container that was made and never started until it counts as vanished. */
const UNBORN_LOOKS_MAX = 10;

/**
 * Runs jobs as containers of a Docker engine. Containers run detached: they outlive this process,
 * and a later one finds them by their label.
 *
 * @param contexts makes build contexts
 * @param volume names the results volume, so that two installations on one engine keep apart
 * @param makeRoom removes images that nobody needs, when a build finds the disk full
 */
export function createDockerExecutor(
  contexts: BuildContexts,
  volume: string,
  makeRoom: MakeRoom,
): Executor {
  /** GPUs that a container got since this process started; asking for them again tells nothing new. */
  const probed = new Set<string>();
  return {
    name: "docker",
    provision: (model, onLine, signal) =>
      provideImage(model, { contexts, volume, makeRoom, onLine, signal }),
    image: (model) => findImage(model.image ?? contexts.plan(model).model.tag),
    async probe(image, gpus): Promise<Outcome<void>> {
      if (gpus.every((gpu) => probed.has(String(gpu)))) return { ok: true, value: undefined };
      const outcome = await probe(image, gpus);
      if (outcome.ok) { for (const gpu of gpus) probed.add(String(gpu)); }
      return outcome;
    },
    start: (job) => start({ ...job, labels: { ...job.labels, [VOLUME_LABEL]: volume } }),
    follow,
    async stop(id): Promise<void> {
      await runCommand("docker", ["kill", containerName(id)]);
    },
    async remove(id): Promise<void> {
      const result = await runCommand("docker", [
        "rm",
        "--force",
        "--volumes",
        containerName(id),
      ]);
      if (result.exitCode === 0 || /no such container/i.test(result.stderr)) return;
      throw new Error(`Cannot remove the container of ${id}: ${result.stderr.trim()}`);
    },
    known: () => known(volume),
    measure: (id, gpus) => measureContainer(containerName(id), gpus),
  };
}

async function probe(image: ContainerImage, gpus: readonly number[]): Promise<Outcome<void>> {
  const result = await runCommand("docker", dockerProbeArguments(image.digest, gpus));
  if (result.exitCode === 0) return { ok: true, value: undefined };
  return { ok: false, failure: explainStartFailure({ gpus, image: image.tag }, result) };
}

async function start(job: Job): Promise<Outcome<void>> {
  const remove = ["rm", "--force", "--volumes", containerName(job.id)];
  let result = await runCommand("docker", dockerRunArguments(job));
  if (/is already in use by container/.test(result.stderr)) {
    // An engine that went away while it started one has kept it.
    await runCommand("docker", remove);
    result = await runCommand("docker", dockerRunArguments(job));
  }
  if (result.exitCode === 0) return { ok: true, value: undefined };
  // A container that was made and could not start stays behind; its name must be free again.
  await runCommand("docker", remove);
  return { ok: false, failure: explainStartFailure(job, result) };
}

async function follow(
  id: string,
  onLine: OnLine,
  since: string | null,
  hooks: FollowHooks = {},
): Promise<RunEnd> {
  let seen = since;
  let unborn = 0;
  let engineWasAway = false;
  while (true) {
    const from = seen;
    await readLog(id, from, hooks, (line) => {
      // Both outputs come through pipes of their own, so that their lines may overtake each other.
      if (seen === null || line.at > seen) seen = line.at;
      onLine(line);
    });
    const state = await inspect(id);
    if (state === "vanished") return { kind: "vanished" };
    if (typeof state === "object") return endOf(state, engineWasAway);
    if (state === "unreachable") engineWasAway = true;
    unborn = state === "created" ? unborn + 1 : 0;
    // The engine or the client went away between making the container and starting it.
    if (unborn > UNBORN_LOOKS_MAX) return { kind: "vanished" };
    await new Promise((resolve) => setTimeout(resolve, ENGINE_RETRY_MS));
  }
}

/** Reads a container's log until the container ends; lines up to `since` have been seen. */
async function readLog(
  id: string,
  since: string | null,
  hooks: FollowHooks,
  onLine: OnLine,
): Promise<void> {
  const from = since === null ? [] : ["--since", since];
  const args = ["logs", "--follow", "--timestamps", ...from, containerName(id)];
  const takeLine = timedLines(since, onLine);
  await runCommand("docker", args, {
    onLine: takeLine,
    onDraft: (text) => hooks.onDraft?.(text.replace(TIMED_LINE, "$2")),
  });
}

async function inspect(
  id: string,
): Promise<ContainerState | "created" | "running" | "vanished" | "unreachable"> {
  const result = await runCommand("docker", [
    "inspect",
    "--format",
    "{{json .State}}",
    containerName(id),
  ]);
  if (result.exitCode !== 0) {
    return /no such object/i.test(result.stderr) ? "vanished" : "unreachable";
  }
  const state: ContainerState = JSON.parse(result.stdout);
  if (state.Status === "created") return "created";
  return state.Status === "exited" || state.Status === "dead" ? state : "running";
}

async function known(volume: string): Promise<string[]> {
  const filters = [`label=${VOLUME_LABEL}=${volume}`, `label=${EVALUATION_LABEL}`];
  const result = await runCommand("docker", [
    "ps",
    "--all",
    ...filters.flatMap((filter) => ["--filter", filter]),
    ...["--format", `{{.Label "${EVALUATION_LABEL}"}}`],
  ]);
  if (result.exitCode !== 0) throw new Error(`Cannot list the containers: ${result.stderr.trim()}`);
  return result.stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
