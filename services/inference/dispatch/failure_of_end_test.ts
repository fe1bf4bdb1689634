import assert from "node:assert/strict";
import type { EvaluationErrorType } from "../../../shared/contracts/evaluations.ts";
import { failureOfEnd } from "./failure_of_end.ts";

interface Case {
  readonly name: string;
  readonly exitCode?: number;
  readonly outOfMemory?: boolean;
  readonly engineError?: string;
  readonly timedOut?: boolean;
  readonly tail?: readonly string[];
  readonly freeBytes?: number;
  readonly type: EvaluationErrorType | null;
  readonly message?: RegExp;
}

const CASES: readonly Case[] = [
  { name: "an end with 0 is no failure", type: null },
  {
    name: "memory counts although the script ended with 0",
    outOfMemory: true,
    type: "out_of_memory",
    message: /MAMMOEVAL_MEMORY/,
  },
  {
    name: "memory comes before the exit code",
    exitCode: 137,
    outOfMemory: true,
    type: "out_of_memory",
  },
  {
    name: "time comes before memory: the kill was ours",
    exitCode: 137,
    outOfMemory: true,
    timedOut: true,
    type: "timed_out",
    message: /timeout_s = 7 s/,
  },
  {
    name: "a kill by somebody else is named",
    exitCode: 137,
    type: "container_failed",
    message: /exit code 137 \(killed\)/,
  },
  {
    name: "what ended well while nobody looked was not stopped for time",
    exitCode: 0,
    timedOut: true,
    type: null,
  },
  {
    name: "what failed by itself while nobody looked keeps its own reason",
    exitCode: 2,
    timedOut: true,
    type: "container_failed",
  },
  ...[
    "predict.sh: fork: retry: Resource temporarily unavailable",
    "predict.sh: fork: Resource temporarily unavailable",
    "RuntimeError: can't start new thread",
    "sh: can't fork",
    "BlockingIOError: [Errno 11] Resource temporarily unavailable",
    "OpenBLAS blas_thread_init: pthread_create failed for thread 3 of 64",
  ].map((line): Case => ({
    name: `no process could be made: ${line}`,
    exitCode: 1,
    tail: [line, "bye"],
    type: "too_many_processes",
    message: /its 64 processes and threads.*MAMMOEVAL_PIDS/,
  })),
  {
    name: "a full volume is told from a full /tmp",
    exitCode: 1,
    tail: ["OSError: [Errno 28] No space left on device: '/home/predictions/p.csv'"],
    freeBytes: 10,
    type: "disk_full",
    message: /the volume has 10 free/,
  },
  {
    name: "and the other way round",
    exitCode: 1,
    tail: ["cat: write error: No space left on device"],
    freeBytes: 10_000,
    type: "disk_full",
    message: /the volume has room: \/tmp in the container holds 1g/,
  },
  {
    name: "a warning in the log of a run that ended well is no failure",
    tail: ["No space left on device"],
    type: null,
  },
  {
    name: "an exit code is told",
    exitCode: 3,
    type: "container_failed",
    message: /exit code 3: the log/,
  },
  {
    name: "so is what the engine has to say",
    exitCode: 128,
    engineError: "oh no",
    type: "container_failed",
    message: /exit code 128 \(oh no\)/,
  },
];

const TIMED_OUT = { type: "timed_out", message: "timeout_s = 7 s" } as const;

for (const { name, type, message, timedOut, tail = [], freeBytes, ...end } of CASES) {
  Deno.test(`end of a run: ${name}`, () => {
    const failure = failureOfEnd(
      { kind: "exited", exitCode: 0, outOfMemory: false, engineError: "", ...end },
      {
        breach: timedOut === true ? TIMED_OUT : null,
        limits: { memory: "2g", pids: 64, temporary: "1g" },
        tail,
        freeBytes: freeBytes ?? null,
        diskFreeBytes: 1000,
      },
    );
    assert.equal(failure?.type ?? null, type);
    if (message !== undefined) assert.match(failure!.message, message);
  });
}
