/** Why Slurm ended a job that its platform, not its model, stopped; follows "because". */
const BY_STATE: Readonly<Record<string, string>> = {
  NODE_FAIL: "its node failed",
  BOOT_FAIL: "its node did not boot",
  PREEMPTED: "a job of higher priority preempted it",
  REQUEUED: "somebody requeued it",
};

/** Words of slurmstepd in a job's output, with the state that the job then had. */
const IN_OUTPUT: Readonly<Record<string, string>> = {
  "NODE FAILURE": "NODE_FAIL",
  PREEMPTION: "PREEMPTED",
  "JOB REQUEUE": "REQUEUED",
};
const SAID = /\bDUE TO (NODE FAILURE|PREEMPTION|JOB REQUEUE)\b/g;

/** Why a job in this state of Slurm ended; null for a state that the job itself or a user caused. */
export function interruptionOf(state: string): string | null {
  return BY_STATE[state] ?? null;
}

/** First line of each start of a job in its output. */
export const STARTS = "mammoeval: the job starts";

/** Why Slurm queued a job again, by the output of all starts and the states in accounting, oldest first. */
export function whyQueuedAgain(output: string, states: readonly string[]): string {
  // A node that is gone writes nothing; what an earlier start left is about that start.
  const latest = output.slice(output.lastIndexOf(STARTS) + 1);
  const said = [...latest.matchAll(SAID)].at(-1)?.[1];
  if (said !== undefined) return interruptionOf(IN_OUTPUT[said]!)!;
  const recorded = states.map(interruptionOf).filter((reason) => reason !== null);
  return recorded.at(-1) ?? "Slurm took it back";
}
