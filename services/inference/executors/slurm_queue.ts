import { runCommand } from "../engine/command.ts";
import { evaluationOf, partId } from "../engine/job.ts";

export interface SlurmJob {
  /** `12`, or `12_3` for a task of an array. */
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Why it waits. */
  readonly reason: string;
  readonly comment: string;
}

/** Cached view of Slurm's jobs; all followers share one query. */
export interface SlurmQueue {
  /** The newest job of this name; null if Slurm knows none, `unreachable` if the controller does not answer. */
  find(name: string): Promise<SlurmJob | null | "unreachable">;
  /** The states of a name's jobs in accounting, oldest first; empty where the site keeps none. */
  states(name: string): Promise<readonly string[]>;
  /** All jobs of this user that the controller knows; null if it is unreachable. */
  all(): Promise<readonly SlurmJob[] | null>;
}

/** States of a job that runs or may still run. */
export const LIVE_STATES = new Set([
  ...["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESIZING"],
  ...["RUNNING", "STAGE_OUT", "SIGNALING", "STOPPED", "SUSPENDED", "COMPLETING"],
  ...["SPECIAL_EXIT"],
]);
/** States of a job that waits for its first or next start. */
export const WAITING_STATES = new Set(["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD"]);

/** How long answers of `squeue` and `sacct` are cached, in milliseconds: one controller serves a whole site. */
export const ANSWER_MS = 5000;

type Run = typeof runCommand;

/** Separates fields; only the last field, the comment, may contain it. */
const SEPARATOR = "|";

/** Queries `squeue`, and `sacct` for jobs that the controller has forgotten. */
export function createSlurmQueue(
  run: Run = runCommand,
  now: () => number = () => performance.now(),
): SlurmQueue {
  /** Names of jobs, and when accounting was asked about them. */
  const recent = new Map<string, { readonly at: number; readonly jobs: Promise<SlurmJob[]> }>();
  let asked = -Infinity;
  let answer: Promise<readonly SlurmJob[] | null> = Promise.resolve(null);

  function all(): Promise<readonly SlurmJob[] | null> {
    if (now() - asked > ANSWER_MS) {
      asked = now();
      answer = askController(run);
    }
    return answer;
  }

  function remembered(name: string): Promise<SlurmJob[]> {
    for (const [other, { at }] of recent) if (now() - at > ANSWER_MS) recent.delete(other);
    const entry = recent.get(name) ?? { at: now(), jobs: askAccounting(run, name) };
    recent.set(name, entry);
    return entry.jobs;
  }

  return {
    all,
    async find(name): Promise<SlurmJob | null | "unreachable"> {
      const jobs = await all();
      if (jobs === null) return "unreachable";
      return newest(jobs.filter((job) => job.name === name)) ??
        newest(await remembered(name));
    },
    states: async (name) => (await remembered(name)).map(({ state }) => state),
  };
}

async function askController(run: Run): Promise<readonly SlurmJob[] | null> {
  const result = await run("squeue", [
    "--me",
    ...["--array", "--noheader", "--states=all", "--format", "%i|%j|%T|%r|%k"],
  ]);
  return result.exitCode === 0 ? readJobs(result.stdout) : null;
}

/** One entry for each start of a job, oldest first; none where the site keeps no accounting. */
async function askAccounting(run: Run, name: string): Promise<SlurmJob[]> {
  // A part may be a task of the array of its evaluation, or a job of its own.
  const names = [...new Set([name, evaluationOf(name)])].join(",");
  const result = await run("sacct", [
    ...["--noheader", "--allocations", "--duplicates", "--parsable2", `--name=${names}`],
    ...["--starttime=now-35days", "--format=JobID,JobName,State,ExitCode,Comment"],
  ]);
  return result.exitCode === 0 ? readJobs(result.stdout).filter((job) => job.name === name) : [];
}

/**
 * Parses lines of `squeue` or `sacct`: id, name, state, reason, comment. A task of an array is named as its part's job.
 * It skips other lines, such as job steps.
 */
export function readJobs(text: string): SlurmJob[] {
  return text.split("\n").flatMap((line) => {
    const [id = "", name = "", state = "", reason = "", ...comment] = line.trim().split(SEPARATOR);
    const numbers = /^\d+(?:_(\d+))?$/.exec(id);
    if (numbers === null) return [];
    // sacct writes "CANCELLED by 0".
    const word = state.split(" ")[0]!;
    const own = numbers[1] === undefined ? name : partId(name, Number(numbers[1]));
    return [{ id, name: own, state: word, reason, comment: comment.join(SEPARATOR) }];
  });
}

function newest(jobs: readonly SlurmJob[]): SlurmJob | null {
  return jobs.reduce<SlurmJob | null>(
    (a, b) => a === null || parseInt(b.id) >= parseInt(a.id) ? b : a,
    null,
  );
}

/** Comment of every job; tells a later process and an operator whose job it is. */
const COMMENT = /^mammoeval gpus=(\d+) volume=(.*)$/;

/** Comment of a new job: its volume and the GPUs that it requests. */
export function commentFor(volume: string, gpus: number): string {
  return `mammoeval gpus=${gpus} volume=${volume}`;
}

/** The volume that a job's comment names, or null if the job is not mammoeval's. */
export function volumeIn(comment: string): string | null {
  return COMMENT.exec(comment)?.[2] ?? null;
}

export function gpusIn(comment: string): number {
  return Number(COMMENT.exec(comment)?.[1] ?? 0);
}
