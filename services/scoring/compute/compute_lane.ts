import { fileURLToPath } from "node:url";
import { Problem } from "../../../shared/http/mod.ts";
import { giveWay, NICE } from "../../../shared/give_way.ts";
import { JOB_HEAP_MIB } from "../../../shared/limits.ts";
import type { VolumeLayout } from "../../../shared/volume/mod.ts";
import { packFrame, readFrames, unpackFrame } from "./frames.ts";
import type { JobKind } from "./jobs.ts";
import type { JobAnswer } from "./thread.ts";

export interface LaneOptions {
  /** Path of the Deno executable. */
  readonly deno: string;
  readonly layout: VolumeLayout;
  /** Heap limit of a process, in MiB. */
  readonly heapMib?: number;
  /** Whether it runs at a lower priority than small computations. */
  readonly isLarge?: boolean;
}

/** A response of a process, and its size on the wire in bytes. */
export interface LaneAnswer {
  readonly answer: JobAnswer;
  readonly bytes: number;
}

/** A process that runs one job at a time. */
export interface ComputeLane {
  readonly alive: boolean;
  readonly ended: Promise<void>;
  /**
   * Runs a job; no other may be running.
   * @throws {Problem} `too_large` if it timed out or the process exited
   */
  ask(kind: JobKind, request: unknown, timeoutMs: number): Promise<LaneAnswer>;
  end(): void;
}

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
const ENTRY = fileURLToPath(new URL("./main.ts", import.meta.url));
/** Native libraries read it to tell glibc from musl. */
const LIBC_PROBE = "/usr/bin/ldd";

/** Starts a process that may read scores, truth and predictions, but not write or use the network. */
export function startLane(options: LaneOptions): ComputeLane {
  const child = new Deno.Command(options.deno, {
    args: laneArguments(options),
    cwd: PROJECT,
    // Same as the launcher: plots look the same everywhere, and native memory has two arenas.
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
    // The write fails if the process has exited; the missing answer reports that.
    for (const part of packFrame({ kind, request })) await writer.write(part).catch(() => {});
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
    // It has already exited.
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

/** The arguments of a process: minimal permissions, bounded heap. */
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
