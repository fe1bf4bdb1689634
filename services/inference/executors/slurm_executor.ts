import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { bytesOf } from "../../../shared/size.ts";
import { runCommand } from "../engine/command.ts";
import { containerName, VOLUME_LABEL } from "../engine/docker_arguments.ts";
import { DONE } from "../engine/executor.ts";
import type { Executor, Outcome, RunEnd } from "../engine/executor.ts";
import { evaluationOf, type Job, partOf } from "../engine/job.ts";
import { chosenArguments, type SlurmChoices } from "./slurm_choices.ts";
import { explainRefusal, isControllerAway } from "./slurm_failures.ts";
import { createFreeGpus } from "./slurm_free_gpus.ts";
import { followSlurmJob } from "./slurm_follow.ts";
import { commentFor, createSlurmQueue, LIVE_STATES, volumeIn } from "./slurm_queue.ts";
import type { SlurmJob, SlurmQueue } from "./slurm_queue.ts";
import {
  quoted,
  type SlurmFiles,
  slurmFiles,
  type SlurmRuntime,
  slurmScript,
} from "./slurm_script.ts";
import { createSlurmAccounting, nothingRecorded } from "./slurm_use.ts";
import { ignoreMissing, textOf } from "./job_log.ts";

/**
 * Runs the container of a job by the Docker engine of its node.
 * @param volume absolute path; holds archives of images, which a node loads if it lacks the image
 */
export function dockerOnNodes(volume: string): SlurmRuntime {
  return {
    prepare(job, files): Promise<Outcome<string>> {
      const archive = join(volume, "images", `${job.image.replace(/^sha256:/, "")}.tar`);
      const labelled = { ...job, labels: { ...job.labels, [VOLUME_LABEL]: volume } };
      return Promise.resolve({ ok: true, value: slurmScript(labelled, files, archive) });
    },
    explainEnd: (_, end) => Promise.resolve(end),
    measure: () => Promise.resolve(null),
    outsideOfJob: "Docker's engine runs the container outside of the job that Slurm measures",
  };
}

/** Engine, folders and submission options of the Slurm executor. */
export interface SlurmExecutorOptions {
  readonly runtime: SlurmRuntime;
  /** Builds and finds images, on the machine that runs mammoeval. */
  readonly engine: Pick<Executor, "provision" | "image">;
  /** Absolute path of the results volume, the same on all nodes. */
  readonly volume: string;
  /** Absolute path of the scratch folder of all evaluations, on the volume. */
  readonly work: string;
  /** Extra arguments of `sbatch`: partition, account, constraints. */
  readonly sbatchOptions: readonly string[];
  /** Further ones by model, which come first. */
  readonly choices: SlurmChoices;
}

/** How long a submission waits for an unreachable controller, in milliseconds. */
const CONTROLLER_PATIENCE_MS = 3_600_000;
const CONTROLLER_PAUSE_MS = 5000;
/**
 * Runs each job as a batch job of Slurm, which assigns nodes and GPUs. The job and this process communicate by
 * files on the shared volume, so either may restart.
 */
export function createSlurmExecutor(options: SlurmExecutorOptions): Executor {
  const { engine, runtime, volume, work } = options;
  const queue = createSlurmQueue();
  const accounting = createSlurmAccounting();
  const filesOf = (id: string): SlurmFiles => slurmFiles(join(work, id, "slurm"));
  return {
    name: "slurm",
    provision: engine.provision,
    image: engine.image,
    // The GPU is known only on the node; there the start itself reports a missing one.
    probe: () => Promise.resolve(DONE),
    freeGpus: createFreeGpus(options.choices, options.sbatchOptions),
    measure: (id) => runtime.measure(filesOf(id)),
    recorded: (ids) =>
      runtime.outsideOfJob === null
        ? accounting.use(
          [...new Set(ids.flatMap((id) => [id, evaluationOf(id)]))].map(containerName),
        )
        : Promise.resolve(nothingRecorded(runtime.outsideOfJob)),
    start: (job) => submit([job], filesOf, options),
    together: {
      start: (parts) => submit(parts, filesOf, options),
      stop: (ids) => cancelJobs(ids, filesOf, volume, queue),
    },
    async follow(id, onLine, since, hooks): Promise<RunEnd> {
      const end = await followSlurmJob(id, filesOf(id), queue, { onLine, since, hooks });
      return await runtime.explainEnd(filesOf(id), end);
    },
    stop: (id) => cancelJobs([id], filesOf, volume, queue),
    async remove(id): Promise<void> {
      const files = filesOf(id);
      if (await textOf(files.end) === null) await cancelJobs([id], filesOf, volume, queue);
      await Deno.remove(files.folder, { recursive: true }).catch(ignoreMissing);
    },
    known: () => known(volume, work, queue),
  };
}

type FilesOf = (id: string) => SlurmFiles;

/** Leaves alone jobs of another volume: a copy of a volume has the same evaluation ids, so the same job names. */
async function cancelJobs(
  ids: readonly string[],
  filesOf: FilesOf,
  volume: string,
  queue: SlurmQueue,
): Promise<void> {
  const numbers: string[] = [];
  for (const id of ids) {
    const number = await textOf(filesOf(id).job);
    if (number !== null) numbers.push(number);
    else {
      // A process that was killed while it submitted has not stored the number.
      const job = await queue.find(containerName(id));
      const isOthers = job !== null && job !== "unreachable" && volumeIn(job.comment) !== null &&
        volumeIn(job.comment) !== volume;
      if (isOthers) continue;
      await runCommand("scancel", ["--quiet", "--name", containerName(id)]);
      if (job !== null && job !== "unreachable") numbers.push(job.id);
    }
  }
  if (numbers.length > 0) await runCommand("scancel", ["--quiet", ...numbers]);
}

/** Submits one job, or several parts of one evaluation as one array with a task for each. */
async function submit(
  jobs: readonly Job[],
  filesOf: FilesOf,
  options: SlurmExecutorOptions,
): Promise<Outcome<void>> {
  for (const job of jobs) {
    const files = filesOf(job.id);
    await Deno.mkdir(files.folder, { recursive: true });
    const script = await options.runtime.prepare(job, files);
    if (!script.ok) return script;
    await Deno.writeTextFile(files.script, script.value);
  }
  const [job] = jobs as readonly [Job];
  const submission = jobs.length === 1
    ? [...sbatchArguments(job, filesOf(job.id), options), filesOf(job.id).script]
    : await arrayArguments(jobs, filesOf, options);
  const number = await untilAccepted([...options.sbatchOptions, ...submission], job);
  if (!number.ok) return number;
  for (const { id } of jobs) {
    const task = jobs.length === 1 ? "" : `_${partOf(id)}`;
    await Deno.writeTextFile(filesOf(id).job, `${number.value}${task}`);
  }
  return DONE;
}

/** Each task runs its part's script, which has a part's folder in its path. */
async function arrayArguments(
  parts: readonly Job[],
  filesOf: FilesOf,
  options: SlurmExecutorOptions,
): Promise<string[]> {
  const [first] = parts as readonly [Job];
  const id = evaluationOf(first.id);
  const script = join(filesOf(first.id).folder, "array.sh");
  const own = filesOf(`${id}.p\0`).script.split("\0").map(quoted).join('"$SLURM_ARRAY_TASK_ID"');
  await Deno.writeTextFile(script, `#!/bin/bash\nexec bash ${own}\n`);
  return [
    ...sbatchArguments({ ...first, id }, filesOf(`${id}.p%a`), options),
    `--array=${parts.map((part) => partOf(part.id)).join(",")}`,
    script,
  ];
}

/**
 * Submits, while the controller is away for up to an hour, and returns the job's number. The controller may have
 * accepted a job although its answer was lost, so nothing is submitted again before `squeue` answers.
 */
export async function untilAccepted(
  args: readonly string[],
  job: Job,
  run: typeof runCommand = runCommand,
  wait: (ms: number) => Promise<unknown> = pause,
): Promise<Outcome<string>> {
  const began = performance.now();
  const isPatient = (): boolean => performance.now() - began < CONTROLLER_PATIENCE_MS;
  while (true) {
    const result = await run("sbatch", [...args]);
    const number = /^\d+/.exec(result.stdout)?.[0];
    if (result.exitCode === 0 && number !== undefined) return { ok: true, value: number };
    let taken: SlurmJob | null | "unreachable" = "unreachable";
    while (taken === "unreachable") {
      if (!isPatient() || !isControllerAway(result.stderr)) {
        return { ok: false, failure: explainRefusal(job, result.stderr) };
      }
      await wait(CONTROLLER_PAUSE_MS);
      taken = await createSlurmQueue(run).find(containerName(job.id));
    }
    if (taken !== null && LIVE_STATES.has(taken.state)) {
      return { ok: true, value: taken.id.replace(/_.*/, "") };
    }
  }
}

/** Arguments of `sbatch`, without the script; the comment keeps two installations on one cluster apart. */
export function sbatchArguments(
  job: Job,
  files: SlurmFiles,
  { volume, choices }: Pick<SlurmExecutorOptions, "volume" | "choices">,
): string[] {
  return [
    "--parsable",
    `--job-name=${containerName(job.id)}`,
    `--comment=${commentFor(volume, job.gpuCount)}`,
    `--output=${files.output}`,
    "--open-mode=append",
    "--requeue",
    "--export=NONE",
    `--mem=${Math.ceil(bytesOf(job.limits.memory) / 1024 ** 2)}M`,
    `--cpus-per-task=${Math.ceil(job.limits.cpus)}`,
    ...chosenArguments(job, choices),
  ];
}

async function known(volume: string, work: string, queue: SlurmQueue): Promise<string[]> {
  const jobs = await queue.all();
  if (jobs === null) throw new Error("Cannot list the jobs: squeue does not answer");
  const prefix = containerName("");
  const live = jobs.filter(({ name, state, comment }) =>
    name.startsWith(prefix) && LIVE_STATES.has(state) && volumeIn(comment) === volume
  );
  const ids = new Set(live.map(({ name }) => name.slice(prefix.length)));
  for (const { name } of await Array.fromAsync(Deno.readDir(work)).catch(() => [])) {
    if (await Deno.stat(slurmFiles(join(work, name, "slurm")).script).catch(() => null)) {
      ids.add(name);
    }
  }
  return [...ids];
}
