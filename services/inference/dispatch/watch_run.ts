import type { Failure } from "../executors/executor.ts";
import type { JobLimits } from "../executors/job.ts";
import {
  diskLimit,
  timedOut,
  tooManyProcesses,
  tooMuchOutput,
  volumeFull,
} from "./limit_failures.ts";
import type { Run } from "./run.ts";

/** What a run has used; null for what nobody could measure. */
export interface ResourceUse {
  peak_memory_bytes: number | null;
  cpu_s: number | null;
  peak_processes: number | null;
  peak_gpu_memory_bytes: number | null;
  /** Preprocessed images, predictions and other folders of the container at the last look. */
  disk_bytes: number | null;
}

/** Looks after one run while it goes on, and stops it when it goes beyond its limits. */
export interface RunWatch {
  /** The limit that it went beyond, and for which it was stopped. */
  readonly breach: Failure | null;
  readonly used: Readonly<ResourceUse>;
  /** Counts what the log has of the model's output. */
  printed(characters: number): void;
  /** Counts what the model writes, also what it writes over. */
  wrote(bytes: number): void;
  /** It waits in a queue of its executor: its time has not begun. */
  waits(): void;
  /** How long it has run, milliseconds. */
  ranMs(): number;
  /** Ends the watching; what was measured stays. */
  end(): void;
}

/** Time between two looks at time and output, in milliseconds. */
const TICK_MS = 250;
/** Least time between two looks at the container and the disk, in milliseconds. */
const LOOK_INTERVAL_MS = 1000;
/** The first look comes sooner, so that short runs are measured too. */
const LOOK_FIRST_MS = 200;
/** Looking takes at most a twentieth of the time: walking through 400,000 files takes a while. */
const LOOK_SHARE = 20;
/** A stop that an engine has not heard is said again after this time, in milliseconds. */
const STOP_AGAIN_MS = 5000;
/** Looks in a row with all processes taken until a run counts as stuck: a peak is no fork bomb. */
const CROWDED_LOOKS_MAX = 5;

/**
 * Begins to watch a run.
 *
 * @param run in state `running`
 * @param limits time, disk, output and processes are looked after here; memory by the kernel
 * @param ranMs how long it has run already, milliseconds
 */
export function watchRun(
  run: Run,
  limits: JobLimits & { readonly timeoutS: number },
  ranMs: number,
): RunWatch {
  const { cancelled } = run.signals;
  const used: ResourceUse = {
    peak_memory_bytes: null,
    cpu_s: null,
    peak_processes: null,
    peak_gpu_memory_bytes: null,
    disk_bytes: null,
  };
  let breach: Failure | null = null;
  /** By a clock that never jumps: an adjusted one must neither end a run nor let it go on for ever. */
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

  /** At once, not at the next look: a fast one writes gigabytes in between. */
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
    end(): void {
      watching = false;
      clearInterval(ticking);
      looking.end();
    },
  };
}

/** Makes what looks once at the container and at the disk, and breaks off what is too much. */
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

/** Looks again and again, with pauses, until it is ended. */
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
      // What cannot be measured now, in the middle of a restart of the engine say, can be later.
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
