import type { BuildContexts } from "../container_images/build_contexts.ts";
import { type AttachedOutput, attachOutput } from "./docker_attach.ts";
import type { ContainerEngine } from "../engine/container_engine.ts";
import {
  containerName,
  dockerCreateArguments,
  dockerProbeArguments,
} from "../engine/docker_arguments.ts";
import { isForeign, ownedEvaluations, ownerLabels } from "./container_owner.ts";
import type { ContainerOwner } from "./container_owner.ts";
import { explainStartFailure } from "./docker_failures.ts";
import { createRecentLines, TIME_STAMP, timedLines } from "./timed_lines.ts";
import { measureContainer } from "./docker_stats.ts";
import {
  type ContainerState,
  DONE,
  endOf,
  type Executor,
  type Failure,
  type FollowHooks,
  type OnLine,
  type Outcome,
  type RunEnd,
} from "../engine/executor.ts";
import type { Job } from "../engine/job.ts";
import { findImage, type MakeRoom, provideImage } from "../container_images/docker_images.ts";

/** Pause between retries when an engine does not answer, in milliseconds. */
const ENGINE_RETRY_MS = 1000;
/** How many times a container may be seen created but not started before it counts as vanished. */
const UNBORN_LOOKS_MAX = 10;

/**
 * Runs jobs as detached containers, which outlive this process and are found by label.
 * @param owner keeps two installations on one engine apart
 * @param makeRoom removes unused images when a build finds the disk full
 */
export function createDockerExecutor(
  engine: ContainerEngine,
  contexts: BuildContexts,
  owner: ContainerOwner,
  makeRoom: MakeRoom,
): Executor {
  /** GPUs that a probe succeeded with since this process started; they are not probed again. */
  const probed = new Set<string>();
  /** Output attached before a container started, until it is followed. */
  const attached = new Map<string, AttachedOutput>();
  function detach(id: string): void {
    attached.get(id)?.close();
    attached.delete(id);
  }
  return {
    name: engine.name,
    provision: (model, onLine, signal) =>
      provideImage(model, { engine, contexts, volume: owner.path, makeRoom, onLine, signal }),
    image: (model) => findImage(engine, model.image ?? contexts.plan(model).model.tag),
    async probe(image, gpus): Promise<Outcome<void>> {
      if (gpus.every((gpu) => probed.has(String(gpu)))) return DONE;
      const result = await engine.run(dockerProbeArguments(engine, image.digest, gpus));
      if (result.exitCode !== 0) {
        return {
          ok: false,
          failure: explainStartFailure({ gpus, image: image.tag }, result, engine),
        };
      }
      for (const gpu of gpus) probed.add(String(gpu));
      return DONE;
    },
    async start(job): Promise<Outcome<void>> {
      const labelled = { ...job, labels: { ...job.labels, ...ownerLabels(owner) } };
      const outcome = await start(engine, labelled, owner);
      if (!outcome.ok) return outcome;
      if (outcome.value !== null) attached.set(job.id, outcome.value);
      return DONE;
    },
    async follow(id, onLine, since, hooks = {}): Promise<RunEnd> {
      const output = attached.get(id) ?? await attachToRunning(engine, id);
      if (output !== null) attached.set(id, output);
      output?.tell(hooks);
      try {
        return await follow(engine, id, {
          onLine,
          since,
          onDraft: output ? undefined : hooks.onDraft,
        });
      } finally {
        detach(id);
      }
    },
    async stop(id): Promise<void> {
      if (await isForeign(engine, id, owner)) return;
      await engine.run(["kill", containerName(id)]);
    },
    async remove(id): Promise<void> {
      detach(id);
      if (await isForeign(engine, id, owner)) return;
      const result = await engine.run(["rm", "--force", "--volumes", containerName(id)]);
      if (result.exitCode === 0 || /no such container/i.test(result.stderr)) return;
      throw new Error(`Cannot remove the container of ${id}: ${result.stderr.trim()}`);
    },
    known: () => ownedEvaluations(engine, owner),
    measure: (id, gpus) => measureContainer(engine, containerName(id), gpus),
  };
}

/** Starts a container after attaching to its output, if the engine allows, so that none is missed. */
async function start(
  engine: ContainerEngine,
  job: Job,
  owner: ContainerOwner,
): Promise<Outcome<AttachedOutput | null>> {
  const remove = ["rm", "--force", "--volumes", containerName(job.id)];
  const create = dockerCreateArguments(job, engine, await engine.unsupported());
  let result = await engine.run(create);
  if (/is already in use by/.test(result.stderr)) {
    if (await isForeign(engine, job.id, owner)) return { ok: false, failure: sameIdElsewhere(job) };
    // The engine went away during an earlier start and kept the container.
    await engine.run(remove);
    result = await engine.run(create);
  }
  if (result.exitCode === 0) {
    const container = result.stdout.trim().split("\n").at(-1)!;
    const output = engine.hasApi ? attachOutput(container) : null;
    await output?.opened;
    result = await engine.run(["start", container]);
    if (result.exitCode === 0) return { ok: true, value: output };
    output?.close();
  }
  // A container that could not start stays behind; remove it to free its name.
  await engine.run(remove);
  return { ok: false, failure: explainStartFailure(job, result, engine) };
}

/** A copy of the volume is in use beside the original on one engine. */
function sameIdElsewhere({ id }: Job): Failure {
  return {
    type: "container_failed",
    message:
      `The engine has a container ${
        containerName(id)
      } of another volume: this volume seems to be a copy of ` +
      "one that is in use. Wait until that evaluation has ended, then evaluate again",
  };
}

/** For a container that an earlier process started; null when there is no live output. */
async function attachToRunning(
  engine: ContainerEngine,
  id: string,
): Promise<AttachedOutput | null> {
  if (!engine.hasApi) return null;
  const { stdout } = await engine.run(["inspect", "--format", "{{.Id}}", containerName(id)]);
  return attachOutput(stdout.trim());
}

/** Where output goes, and from when. */
interface Listening {
  readonly onLine: OnLine;
  /** Skips lines up to this time; null for all. */
  readonly since: string | null;
  /** Receives unfinished lines, where the log has them. */
  readonly onDraft: FollowHooks["onDraft"];
}

async function follow(
  engine: ContainerEngine,
  id: string,
  { onLine, since, onDraft }: Listening,
): Promise<RunEnd> {
  const recent = createRecentLines();
  let unborn = 0;
  let engineWasAway = false;
  function read(flags: readonly string[] = []): Promise<boolean> {
    const { since: known, isNew } = recent.resume();
    const take: OnLine = (line) => {
      if (!isNew(line)) return;
      recent.add(line);
      onLine(line);
    };
    return readLog(engine, id, { since: known ?? since, onLine: take, onDraft }, flags);
  }
  while (true) {
    const whole = await read(["--follow"]);
    const state = await inspect(engine, id);
    if (state === "vanished") return { kind: "vanished" };
    if (typeof state === "object") {
      // `docker logs --follow` leaves out a last line without a newline.
      await read();
      return endOf(state, engineWasAway || !whole);
    }
    if (state === "unreachable" || !whole) engineWasAway = true;
    unborn = state === "created" ? unborn + 1 : 0;
    // The engine or the client went away between creating and starting the container.
    if (unborn > UNBORN_LOOKS_MAX) return { kind: "vanished" };
    await new Promise((resolve) => setTimeout(resolve, ENGINE_RETRY_MS));
  }
}

/** Reads a container's log. Returns whether the engine sent it to its end. */
async function readLog(
  engine: ContainerEngine,
  id: string,
  { since, onLine, onDraft }: Listening,
  flags: readonly string[],
): Promise<boolean> {
  const from = since === null ? [] : ["--since", since];
  const args = ["logs", "--timestamps", ...flags, ...from, containerName(id)];
  const options = {
    onLine: timedLines(since, onLine),
    stamp: TIME_STAMP,
    ...(onDraft === undefined ? {} : { onDraft }),
  };
  return (await engine.run(args, options)).exitCode === 0;
}

async function inspect(
  engine: ContainerEngine,
  id: string,
): Promise<ContainerState | "created" | "running" | "vanished" | "unreachable"> {
  const result = await engine.run(["inspect", "--format", "{{json .State}}", containerName(id)]);
  if (result.exitCode !== 0) {
    return /no such object/i.test(result.stderr) ? "vanished" : "unreachable";
  }
  const state: ContainerState = JSON.parse(result.stdout);
  if (state.Status === "created") return "created";
  // Podman calls a container stopped until its own supervisor has tidied up.
  return ["exited", "dead", "stopped"].includes(state.Status) ? state : "running";
}
