import assert from "node:assert/strict";
import type { EvaluationErrorType } from "../../shared/contracts/evaluations.ts";
import { failureOfEnd } from "./failure_of_end.ts";

interface Case {
  readonly name: string;
  readonly exitCode?: number;
  readonly outOfMemory?: boolean;
  readonly engineError?: string;
  readonly timedOut?: boolean;
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

for (const { name, type, message, timedOut = false, ...end } of CASES) {
  Deno.test(`end of a run: ${name}`, () => {
    const failure = failureOfEnd(
      { kind: "exited", exitCode: 0, outOfMemory: false, engineError: "", ...end },
      { timedOut, request: { timeout_s: 7, device: "cpu" } },
    );
    assert.equal(failure?.type ?? null, type);
    if (message !== undefined) assert.match(failure!.message, message);
  });
}
