import assert from "node:assert/strict";
import type { EvaluationErrorType } from "../../../shared/contracts/evaluations.ts";
import { explainStartFailure } from "./docker_failures.ts";
import type { Failure } from "../engine/executor.ts";
import { makeJob } from "../../../tests/support/inference/values.ts";

function explain(stderr: string, exitCode = 125): Failure {
  const job = makeJob({ device: "gpu", gpus: [5] });
  return explainStartFailure(job, { exitCode, stdout: "", stderr, durationMs: 1, aborted: false });
}

/** Messages of engines 20.10 to 28, verbatim, with their meaning. */
const SAID: readonly [string, EvaluationErrorType, RegExp][] = [
  [
    'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].',
    "gpu_unavailable",
    /NVIDIA Container Toolkit/,
  ],
  [
    "docker: Error response from daemon: OCI runtime create failed: container_linux.go:380: starting container process caused: process_linux.go:545: container init caused: Running hook #0:: error running hook: exit status 1, stdout: , stderr: nvidia-container-cli: device error: 5: unknown device: unknown.",
    "gpu_unavailable",
    /no GPU 5.*nvidia-smi/,
  ],
  [
    "docker: Error response from daemon: OCI runtime create failed: nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown.",
    "gpu_unavailable",
    /driver/,
  ],
  [
    "Unable to find image 'sha256:0123' locally\ndocker: Error response from daemon: pull access denied",
    "image_missing",
    /image of toy no longer exists: evaluate again/,
  ],
  [
    "docker: Error response from daemon: OCI runtime create failed: exec /usr/bin/bash: exec format error: unknown.",
    "container_failed",
    /a different processor/,
  ],
  [
    "docker: Error response from daemon: No such image: sha256:0123.",
    "image_missing",
    /to rebuild it/,
  ],
  [
    "docker: Error response from daemon: mkdir /var/lib/docker/overlay2/x: no space left on device.",
    "disk_full",
    /docker system df/,
  ],
  [
    'docker: Error response from daemon: OCI runtime create failed: exec: "bash": executable file not found in $PATH: unknown.',
    "container_failed",
    /no bash/,
  ],
  [
    "docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?.\nSee 'docker run --help'.",
    "engine_unavailable",
    /No Docker engine answers/,
  ],
  [
    "docker cannot be started: it is not installed",
    "engine_unavailable",
    /No Docker engine answers/,
  ],
];

for (const [said, type, message] of SAID) {
  Deno.test(`docker says "${said.slice(0, 90)}": ${type}`, () => {
    const failure = explain(said);
    assert.equal(failure.type, type);
    assert.match(failure.message, message);
  });
}

Deno.test("what is not known is told in the engine's own last words", () => {
  const words = "docker: Error response from daemon: invalid mount config for type bind.";
  const hints = [
    "\nSee 'docker run --help'.",
    "\n\nRun 'docker run --help' for more information",
    "",
  ];
  for (const hint of hints) {
    assert.deepEqual(explain(words + hint + "\n"), {
      type: "container_failed",
      message: `The container could not start: ${words}`,
    });
  }
});

Deno.test("an engine that says nothing leaves its exit code", () => {
  assert.match(explain("", 126).message, /docker ended with 126$/);
});
