import type { Failure, RecordedUse } from "../engine/executor.ts";
import type { JobLimits } from "../engine/job.ts";
import {
  diskLimit,
  timedOut,
  tooManyProcesses,
  tooMuchOutput,
  volumeFull,
} from "./limit_failures.ts";
import type { Run } from "./run.ts";

/** Resources that a run has used; null for what could not be measured. */
export interface ResourceUse {
  peak_memory_bytes: number | null;
  cpu_s: number | null;
  peak_processes: number | null;
  peak_gpu_memory_bytes: number | null;
  /** Preprocessed images, predictions and other folders of the container, at the last measurement. */
  disk_bytes: number | null;
  /** Why values are null, where that is known. */
  unknown?: Record<string, string>;
}

const NOTHING_MEASURED: ResourceUse = {
  peak_memory_bytes: null,
  cpu_s: null,
  peak_processes: null,
  peak_gpu_memory_bytes: null,
  disk_bytes: null,
};

export interface RunWatch {
  /** The exceeded limit for which it was stopped. */
  readonly breach: Failure | null;
  readonly used: Readonly<ResourceUse>;
  /** Counts characters of the model's output in the log. */
  printed(characters: number): void;
  /** Counts all bytes that the model prints, including overwritten ones. */
  wrote(bytes: number): void;
  /** The run waits in its executor's queue: restarts its clock. */
  waits(): void;
  /** How long it has run, in milliseconds. */
  ranMs(): number;
  /** Adds what a cluster recorded; tells why the values that are still missing are. */
  record(use: RecordedUse): void;
  /** Stops watching; the measurements remain. */
  end(): void;
}

/** Interval for checking time and repeating a stop, in milliseconds. */
const TICK_MS = 250;
/** Minimum interval for measuring the container and the disk, in milliseconds. */
const LOOK_INTERVAL_MS = 1000;
/** The first measurement comes sooner, so that short runs are measured too. */
const LOOK_FIRST_MS = 200;
/** Measuring takes at most a twentieth of the time: walking 400,000 files is slow. */
const LOOK_SHARE = 20;
/** Interval after which a stop is repeated, in milliseconds; the engine may have missed it. */
const STOP_AGAIN_MS = 5000;
/** Consecutive measurements at the process limit before a run counts as stuck: a short peak is no fork bomb. */
const CROWDED_LOOKS_MAX = 5;

/** Watches a run that has run `ranMs` for time, disk, output and processes; the kernel bounds memory. */
export function watchRun(
  run: Run,
  limits: JobLimits & { readonly timeoutS: number },
  ranMs: number,
): RunWatch {
  const { cancelled } = run.signals;
  const used: ResourceUse = { ...NOTHING_MEASURED };
  let breach: Failure | null = null;
  /** Monotonic: a clock change must neither end a run nor extend it. */
  let begun = performance.now() - ranMs;
  let characters = 0;
  let bytes = 0;
  let stopSaid = -Infinity;
  let watching = true;

  function breakOff(failure: Failure): void {
    breach ??= failure;
    stop();
  }

  function stop(): void {
    if (!watching || performance.now() - stopSaid < STOP_AGAIN_MS) return;
    stopSaid = performance.now();
    void run.deps.executor.stop(run.evaluation.id);
  }

  function tick(): void {
    if (breach !== null || cancelled.aborted) stop();
    else if (performance.now() - begun >= limits.timeoutS * 1000) {
      breakOff(timedOut(limits.timeoutS));
    }
  }

  /** Called at every write, not per tick: a fast model writes gigabytes in between. */
  function checkOutput(): void {
    if (Math.max(characters, bytes) > limits.outputBytes) {
      breakOff(tooMuchOutput(limits.outputBytes));
    }
  }

  const ticking = setInterval(tick, TICK_MS);
  const looking = keepLooking(createLook(run, limits, used, breakOff));
  return {
    get breach(): Failure | null {
      return breach;
    },
    used,
    printed(count): void {
      characters += count;
      checkOutput();
    },
    wrote(count): void {
      bytes += count;
      checkOutput();
    },
    waits: () => void (begun = performance.now()),
    ranMs: () => Math.round(performance.now() - begun),
    record: (use) => addRecord(used, use),
    end(): void {
      watching = false;
      clearInterval(ticking);
      looking.end();
    },
  };
}

function addRecord(used: ResourceUse, use: RecordedUse): void {
  used.peak_memory_bytes = highest(used.peak_memory_bytes, use.memoryBytes);
  used.cpu_s = highest(used.cpu_s, use.cpuSeconds);
  used.peak_gpu_memory_bytes = highest(used.peak_gpu_memory_bytes, use.gpuMemoryBytes);
  const unknown = Object.entries(use.unknown)
    .filter(([key]) => used[key as keyof ResourceUse] === null);
  if (unknown.length > 0) used.unknown = Object.fromEntries(unknown);
}

/** Creates a function that measures container and disk once, and stops a run over its limits. */
function createLook(
  run: Run,
  limits: JobLimits,
  used: ResourceUse,
  breakOff: (failure: Failure) => void,
): () => Promise<void> {
  const { executor, workspace, site } = run.deps;
  const { diskGuard } = run.signals;
  let crowded = 0;
  return async () => {
    const [measured, folders, free] = await Promise.all([
      executor.measure(run.evaluation.id, run.evaluation.gpus),
      workspace.diskUse(run.evaluation),
      workspace.freeBytes(),
    ]);
    if (measured !== null) {
      used.peak_memory_bytes = highest(used.peak_memory_bytes, measured.memoryBytes);
      used.cpu_s = highest(used.cpu_s, measured.cpuSeconds);
      used.peak_processes = highest(used.peak_processes, measured.processes);
      used.peak_gpu_memory_bytes = highest(used.peak_gpu_memory_bytes, measured.gpuMemoryBytes);
      crowded = (measured.processes ?? 0) >= limits.pids ? crowded + 1 : 0;
      if (crowded >= CROWDED_LOOKS_MAX) breakOff(tooManyProcesses(limits.pids));
    }
    const disk = (folders ?? 0) + (measured?.rootBytes ?? 0);
    if (Number.isFinite(disk)) used.disk_bytes = disk;
    if (disk > limits.diskBytes) breakOff(diskLimit(disk, limits.diskBytes));
    const missing = free === null ? 0 : site.diskFreeBytes - free;
    if (diskGuard.look(run.evaluation.id, folders ?? 0, missing)) {
      breakOff(volumeFull(free!, site.diskFreeBytes));
    }
  };
}

/** Repeats a measurement, with pauses, until ended. */
function keepLooking(look: () => Promise<void>): { end(): void } {
  let on = true;
  let wake = (): void => {};
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (!on) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  async function loop(): Promise<void> {
    await pause(LOOK_FIRST_MS);
    while (on) {
      const began = performance.now();
      // Ignore failures: the next measurement may succeed, after an engine restart for example.
      await look().catch(() => {});
      await pause(Math.max(LOOK_INTERVAL_MS, LOOK_SHARE * (performance.now() - began)));
    }
  }
  void loop();
  return {
    end(): void {
      on = false;
      wake();
    },
  };
}

function highest(before: number | null, now: number | null): number | null {
  return now === null ? before : Math.max(before ?? 0, now);
}
