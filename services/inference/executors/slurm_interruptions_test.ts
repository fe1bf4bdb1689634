import assert from "node:assert/strict";
import { interruptionOf, STARTS, whyQueuedAgain } from "./slurm_interruptions.ts";

const said = (why: string): string =>
  `slurmstepd: error: *** JOB 7 ON node1 CANCELLED AT 2026-01-01T00:00:00 DUE TO ${why} ***`;

Deno.test("a lost node, a preemption and a requeue are told apart, in the output or by accounting", () => {
  const node = "NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS";
  assert.match(whyQueuedAgain(`${STARTS}\n${said(node)}`, []), /node failed/);
  assert.match(whyQueuedAgain(`${STARTS}\n${said("PREEMPTION")}`, []), /preempted/);
  assert.match(whyQueuedAgain(`${STARTS}\n${said("JOB REQUEUE")}`, []), /requeued/);
  assert.match(whyQueuedAgain(STARTS, ["NODE_FAIL", "PREEMPTED", "PENDING"]), /preempted/);
  assert.equal(whyQueuedAgain(STARTS, ["PENDING"]), "Slurm took it back");
});

Deno.test("what an earlier start left says nothing about the latest", () => {
  const output = [STARTS, said("PREEMPTION"), STARTS].join("\n");
  assert.match(whyQueuedAgain(output, ["PREEMPTED", "NODE_FAIL", "PENDING"]), /node failed/);
});

Deno.test("an end that the job or a user caused is no interruption", () => {
  for (const state of ["FAILED", "TIMEOUT", "CANCELLED", "COMPLETED"]) {
    assert.equal(interruptionOf(state), null);
  }
  assert.equal(interruptionOf("BOOT_FAIL"), "its node did not boot");
});
