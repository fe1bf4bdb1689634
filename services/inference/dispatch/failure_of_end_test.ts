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
  ...[
    "curl: (6) Could not resolve host: example.org",
    "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>",
    "OSError: [Errno 101] Network is unreachable",
  ].map((line): Case => ({
    name: `no network: ${line}`,
    exitCode: 1,
    tail: ["begun", line],
    type: "container_failed",
    message: /The container has no network/,
  })),
  ...[
    "OSError: [Errno 30] Read-only file system: '/opt/cache'",
    "mkdir: cannot create directory '/x': Read-only file system",
  ].map((line): Case => ({
    name: `read-only: ${line}`,
    exitCode: 1,
    tail: [line],
    type: "container_failed",
    message: /container's file system is read-only/,
  })),
  {
    name: "no hint without a sign",
    exitCode: 1,
    tail: ["ValueError: the network has no weights, read only once"],
    type: "container_failed",
    message: /last lines of the log\.$/,
  },
  ...([
    ["[FATAL tini (7)] exec bash failed: Exec format error", /for a different processor/],
    ["/foreign/bash: line 1: \ufffdELF\ufffd: not found", /for a different processor/],
    ["PermissionError: [Errno 13] Permission denied: '/home/images/0.png'", /chmod o\+r/],
    ["cat: /home/images/a/0.png: Permission denied", /chmod o\+r/],
    ["predict.sh: line 1: \ufeff#!/bin/bash: No such file or directory", /byte order mark/],
    ["predict.sh: line 2: $'\\r': command not found", /Windows line endings/],
  ] as const).map(([line, message]): Case => ({
    name: `a hint at the reason: ${line}`,
    exitCode: 1,
    tail: ["before", line, "after"],
    type: "container_failed",
    message,
  })),
  {
    name: "a bus error is told by its exit code",
    exitCode: 135,
    type: "container_failed",
    message: /exit code 135 \(bus error: \/dev\/shm, 50 % of 2g.*MAMMOEVAL_SHM_PERCENT/,
  },
  ...[
    "predict.sh: line 4: 17 Bus error (core dumped) python3 predict.py",
    "RuntimeError: DataLoader worker (pid 22) is killed by signal: Bus error. It is possible that dataloader's " +
    "workers are out of shared memory.",
    "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).",
  ].map((line): Case => ({
    name: `a bus error is told by what is said: ${line.slice(0, 30)}`,
    exitCode: 1,
    tail: [line],
    type: "container_failed",
    message: /exit code 1 \(bus error: \/dev\/shm/,
  })),
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
    message: /the volume has free space: \/tmp in the container is limited to 1g/,
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
    message: /exit code 3: see the last lines/,
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
        limits: { memory: "2g", pids: 64, temporary: "1g", sharedMemoryPercent: 50 },
        tail,
        freeBytes: freeBytes ?? null,
        diskFreeBytes: 1000,
      },
    );
    assert.equal(failure?.type ?? null, type);
    if (message !== undefined) assert.match(failure!.message, message);
  });
}
