import { dirname, join } from "node:path";
import { runCommand } from "../engine/command.ts";
import {
  type ContainerImage,
  DONE,
  type Executor,
  type FollowHooks,
  type OnLine,
  type Outcome,
  type OutputLine,
  refused,
  type RunEnd,
} from "../engine/executor.ts";
import { CONTAINER_PATHS, type Job } from "../engine/job.ts";
import { needsEngine, TRUSTED_MODEL } from "./cannot_run.ts";
import type { Model } from "../models/model_catalogue.ts";

interface LiveRun {
  readonly end: Promise<RunEnd>;
  readonly abort: AbortController;
  /** Output from before the run was followed. */
  readonly waiting: OutputLine[];
  onLine: OnLine | null;
  hooks: FollowHooks;
}

/** Runs the reference model as a Deno process without an engine; its runs end with this process. */
export function createProcessExecutor(deno: string): Executor {
  const runs = new Map<string, LiveRun>();
  return {
    name: "process",
    provision: (model) => Promise.resolve(provision(model)),
    image: () => Promise.resolve(null),
    start(job): Promise<Outcome<void>> {
      const odd = [...job.mounts.map(({ source }) => source), ...hiddenPaths(job)]
        .find((path) => path.includes(","));
      // Permission flags are comma-separated lists: a path with a comma would grant more than itself.
      if (odd !== undefined) return Promise.resolve(refused("container_failed", oddPath(odd)));
      runs.set(job.id, launch(deno, job));
      return Promise.resolve(DONE);
    },
    async follow(id, onLine, _since, hooks = {}): Promise<RunEnd> {
      const run = runs.get(id);
      if (run === undefined) return { kind: "vanished" };
      run.hooks = hooks;
      for (const line of run.waiting.splice(0)) onLine(line);
      run.onLine = onLine;
      return await run.end;
    },
    stop(id): Promise<void> {
      runs.get(id)?.abort.abort();
      return Promise.resolve();
    },
    async remove(id): Promise<void> {
      const run = runs.get(id);
      runs.delete(id);
      run?.abort.abort();
      await run?.end;
    },
    // It runs on cpu only, and without an engine that could measure it.
    probe: () => Promise.resolve(DONE),
    measure: () => Promise.resolve(null),
    known: () => Promise.resolve([...runs.keys()]),
  };
}

function provision(model: Model): Outcome<ContainerImage> {
  if (model.name === TRUSTED_MODEL) {
    return {
      ok: true,
      // There is no image: the digest of the model's files stands in for its digest.
      value: {
        ...{ tag: `process:deno-${Deno.version.deno}`, digest: `sha256:${model.version}` },
        builtAt: null,
      },
    };
  }
  return refused("engine_unavailable", needsEngine(model.name));
}

function oddPath(path: string): string {
  return `Without a Docker engine paths must not contain commas: rename ${path}`;
}

function launch(deno: string, job: Job): LiveRun {
  const abort = new AbortController();
  const run: LiveRun = { abort, waiting: [], onLine: null, hooks: {}, end: finish() };
  return run;

  async function finish(): Promise<RunEnd> {
    const result = await runCommand(deno, processArguments(job), {
      environment: { NO_COLOR: "1" },
      // It uses all processors while the service must still answer requests.
      givesWay: true,
      signal: abort.signal,
      onDraft: (text) => run.hooks.onDraft?.(text),
      onLine: (text) => {
        const line = { at: new Date().toISOString(), text };
        if (run.onLine === null) run.waiting.push(line);
        else run.onLine(line);
      },
    });
    return { kind: "exited", exitCode: result.exitCode, outOfMemory: false, engineError: "" };
  }
}

/** Turns a job of the reference model into arguments of `deno run`, like predict.sh with the host's paths. */
export function processArguments(job: Job): string[] {
  const [, ...scriptArguments] = job.arguments;
  const paths = scriptArguments.map((argument) => hostPath(job, argument));
  const program = hostPath(job, join(job.workingFolder, "main.ts"));
  const [dataList, images, predictions] = paths;
  const hidden = hiddenPaths(job);
  const readable = [dirname(program), dataList, images, dirname(predictions!)].join(",");
  return [
    "run",
    ...["--quiet", "--no-prompt", "--no-remote", "--no-npm", "--no-config", "--no-lock"],
    ...[`--allow-read=${readable}`, `--allow-write=${dirname(predictions!)}`],
    ...(hidden.length > 0 ? [`--deny-read=${hidden.join(",")}`] : []),
    program,
    ...paths,
    ...Object.entries(job.parameters).map(([name, value]) => `--${name}=${value}`),
  ];
}

/** Host paths of what a container would find empty in the images folder. */
function hiddenPaths({ mounts }: Job): string[] {
  const images = mounts.find(({ target }) => target === CONTAINER_PATHS.images);
  if (images === undefined) return [];
  return mounts.filter(({ target }) => target.startsWith(`${CONTAINER_PATHS.images}/`))
    .map(({ target }) => images.source + target.slice(images.target.length));
}

/** The host's path for a container path, through its deepest mount. */
function hostPath(job: Job, path: string): string {
  const mount = job.mounts
    .filter(({ target }) => path === target || path.startsWith(`${target}/`))
    .sort((a, b) => b.target.length - a.target.length)[0];
  return mount === undefined ? path : mount.source + path.slice(mount.target.length);
}
