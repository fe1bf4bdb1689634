import { fileURLToPath } from "node:url";
import { Problem } from "../../../shared/http/mod.ts";
import { giveWay, NICE } from "../../../shared/give_way.ts";
import { JOB_HEAP_MIB } from "../../../shared/limits.ts";
import type { VolumeLayout } from "../../../shared/volume/mod.ts";
import { packFrame, readFrames, unpackFrame } from "./frames.ts";
import type { JobKind } from "./jobs.ts";
import type { JobAnswer } from "./thread.ts";

/** What a compute process is given. */
export interface LaneOptions {
  /** Path of the Deno program. */
  readonly deno: string;
  /** The volume: scores and truth are read there. */
  readonly layout: VolumeLayout;
  /** Heap of a process, in MiB. */
  readonly heapMib?: number;
  /** Whether it gives way to small computations too. */
  readonly isLarge?: boolean;
}

/** An answer of a process, and how many bytes it took on its way. */
export interface LaneAnswer {
  readonly answer: JobAnswer;
  readonly bytes: number;
}

/** A process that does one job at a time. */
export interface ComputeLane {
  /** Whether it can be asked. */
  readonly alive: boolean;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /**
   * Does a job. None may be under way.
   *
   * @param timeoutMs longest that it may take; then the process ends
   * @throws {Problem} `too_large` where the job took too long, or its process has ended
   */
  ask(kind: JobKind, request: unknown, timeoutMs: number): Promise<LaneAnswer>;
  /** Ends the process at once, with what it is doing. */
  end(): void;
}

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
const ENTRY = fileURLToPath(new URL("./main.ts", import.meta.url));
/** The native libraries read it to tell glibc from musl. */
const LIBC_PROBE = "/usr/bin/ldd";

/**
 * Starts a process that may read scores, truth and predictions, and may neither write nor talk to anybody.
 */
export function startLane(options: LaneOptions): ComputeLane {
  const child = new Deno.Command(options.deno, {
    args: laneArguments(options),
    cwd: PROJECT,
    // As the launcher does: plots look the same everywhere, and native memory has two pools.
    env: { DISABLE_SYSTEM_FONTS_LOAD: "1", MALLOC_ARENA_MAX: "2", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  giveWay(options.isLarge ? NICE.takesLong : NICE.computes, child.pid);
  const writer = child.stdin.getWriter();
  const frames = readFrames(child.stdout);
  let [alive, timedOut] = [true, false];

  async function answer(kind: JobKind, request: unknown): Promise<LaneAnswer> {
    // A process that has ended reads nothing; that it has ended shows in the answer.
    await writer.write(packFrame({ kind, request })).catch(() => {});
    const { value } = await frames.next();
    if (value === undefined) {
      await child.status;
      throw timedOut ? tookTooLong() : tookTooMuch(options.heapMib ?? JOB_HEAP_MIB);
    }
    return { answer: unpackFrame(value) as JobAnswer, bytes: value.length };
  }

  return {
    get alive(): boolean {
      return alive;
    },
    ended: child.status.then(async () => {
      alive = false;
      await writer.abort().catch(() => {});
      await frames.return();
    }),
    async ask(kind, request, timeoutMs): Promise<LaneAnswer> {
      const timer = setTimeout(() => {
        timedOut = true;
        kill(child);
      }, timeoutMs);
      return await answer(kind, request).finally(() => clearTimeout(timer));
    },
    end(): void {
      alive = false;
      kill(child);
    },
  };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended in between.
  }
}

function tookTooLong(): Problem {
  return new Problem(
    "too_large",
    "The computation took too long and was stopped: send fewer rows, or request fewer replicates",
  );
}

function tookTooMuch(heapMib: number): Problem {
  return new Problem(
    "too_large",
    "The computation was aborted, most likely because it exceeded its memory " +
      `limit (${heapMib} MiB): send fewer rows; see the log of the service`,
  );
}

/** The arguments of a process: least permissions, bounded heap. */
function laneArguments({ layout, heapMib = JOB_HEAP_MIB }: LaneOptions): string[] {
  const { home, datasets, scores, results } = layout;
  return [
    "run",
    ...["--quiet", "--no-prompt", "--cached-only", "--no-check"],
    `--v8-flags=--max-old-space-size=${heapMib},--max-semi-space-size=8`,
    `--allow-read=${[PROJECT, LIBC_PROBE, datasets, scores, results].join(",")}`,
    `--allow-ffi=${PROJECT}/node_modules`,
    "--allow-env",
    "--allow-sys=cpus,osRelease,hostname",
    ENTRY,
    home,
  ];
}
