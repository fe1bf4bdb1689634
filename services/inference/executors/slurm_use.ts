import { setTimeout as pause } from "node:timers/promises";
import { runCommand } from "../engine/command.ts";
import type { RecordedUse } from "../engine/executor.ts";
import { ANSWER_MS, LIVE_STATES } from "./slurm_queue.ts";

/** An ended job's record follows its end file: its script ends later. */
const FIRST_PAUSE_MS = 2000;
const ASKED_MAX = 4;
const NO_ACCOUNTING = "This cluster keeps no accounting (slurmdbd)";
const NO_GPU_MEMORY =
  "Slurm records it only with AutoDetect=nvml and AccountingStorageTRES=gres/gpumem";

/** What `sacct` tells about the jobs of one evaluation. */
export interface SlurmAccounting {
  /** Waits until the records of ended jobs of these names are complete, at most half a minute, and adds them up. */
  use(names: readonly string[]): Promise<RecordedUse>;
}

/** Creates a reader of the cluster's accounting. A cluster without it is asked once. */
export function createSlurmAccounting(
  run: typeof runCommand = runCommand,
  wait: (ms: number) => Promise<unknown> = pause,
): SlurmAccounting {
  let isThere = true;
  return {
    async use(names): Promise<RecordedUse> {
      for (let asked = 0; isThere && asked < ASKED_MAX; asked++) {
        await wait(asked === 0 ? FIRST_PAUSE_MS : ANSWER_MS);
        const { exitCode, stdout, stderr } = await run("sacct", [
          ...["--noheader", "--parsable2", "--noconvert", `--name=${names.join(",")}`],
          ...["--starttime=now-35days", "--format=JobIDRaw,State,TotalCPU,MaxRSS,TRESUsageInMax"],
        ]);
        if (/accounting storage is disabled|cannot be started/.test(stderr)) isThere = false;
        const use = exitCode === 0 ? readUse(stdout) : null;
        if (use !== null) return use;
      }
      return nothingRecorded(isThere ? "Slurm's accounting has no complete record" : NO_ACCOUNTING);
    },
  };
}

/** The use of jobs of which nothing is recorded, for one reason. */
export function nothingRecorded(reason: string): RecordedUse {
  return {
    ...{ memoryBytes: null, cpuSeconds: null, gpuMemoryBytes: null },
    unknown: { peak_memory_bytes: reason, cpu_s: reason, peak_gpu_memory_bytes: reason },
  };
}

/** Adds up processor time, and takes the largest memory; null while a job is missing or runs. */
export function readUse(text: string): RecordedUse | null {
  const rows = text.trim().split("\n").map((line) => line.split("|"));
  const jobs = rows.filter(([id = ""]) => /^\d+$/.test(id));
  const isLive = jobs.some(([, state = ""]) => LIVE_STATES.has(state.split(" ")[0]!));
  if (jobs.length === 0 || isLive) return null;
  const memory = highestOf(rows.map(([, , , rss = ""]) => bytesOf(rss)));
  const gpus = highestOf(rows.map((row) => bytesOf(/gres\/gpumem=(\w+)/.exec(row[4] ?? "")?.[1])));
  return {
    memoryBytes: memory,
    cpuSeconds: jobs.reduce((sum, [, , time = ""]) => sum + secondsOf(time), 0),
    gpuMemoryBytes: gpus,
    unknown: {
      ...memory === null && {
        peak_memory_bytes: "Slurm measures it only with JobAcctGatherType, and not in short jobs",
      },
      ...gpus === null && { peak_gpu_memory_bytes: NO_GPU_MEMORY },
    },
  };
}

function highestOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null && value > 0);
  return known.length === 0 ? null : Math.max(...known as number[]);
}

/** `1234`, `12K` or `3M`. */
function bytesOf(text = ""): number | null {
  const [, number, unit = ""] = /^(\d{1,18})([KMG]?)$/.exec(text) ?? [];
  return number === undefined ? null : Number(number) * 1024 ** " KMG".indexOf(unit || " ");
}

/** `[days-[hours:]]minutes:seconds`. */
function secondsOf(text: string): number {
  const [days, clock] = text.includes("-") ? text.split("-") : ["0", text];
  const seconds = clock!.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number(days) * 86_400 + seconds;
}
