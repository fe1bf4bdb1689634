import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import type { Evaluation, Ledger } from "../ledger/ledger.ts";
import type { ActiveRuns } from "./active_runs.ts";
import { type Claim, type DevicePool, gpusNamed } from "./devices.ts";

/** What starting evaluations takes. */
export interface StartDependencies {
  readonly ledger: Pick<Ledger, "queued" | "change">;
  readonly pool: DevicePool;
  readonly runs: Pick<ActiveRuns, "has" | "holding" | "launch">;
}

/** Queued evaluations that one look for free devices goes through. */
const QUEUE_LOOK_MAX = 1000;

/**
 * Starts those that wait for a kind of device, in their order, until nothing of it is free.
 *
 * @throws {Error} when the ledger cannot be written; what could not start holds no device
 */
export function startQueued(device: EvaluationRequest["device"], deps: StartDependencies): void {
  const { ledger, pool, runs } = deps;
  if (!pool.hasFree(device)) return;
  const queued = ledger.queued(device, QUEUE_LOOK_MAX).filter(({ id }) => !runs.has(id));
  // Who came first shall not wait for ever because later ones take a part of what it needs.
  const kept = new Set<number>();
  for (const evaluation of turnOrder(queued, runs.holding())) {
    const { gpu } = evaluation.request;
    if (!pool.hasFree(device)) return;
    const claim = pool.take(evaluation.request, kept);
    if (claim !== null) start(evaluation, claim, deps);
    else for (const wanted of gpusNamed(gpu)) kept.add(wanted);
  }
}

function start(
  { id, attempt, startedAt }: Evaluation,
  claim: Claim,
  { ledger, pool, runs }: StartDependencies,
): void {
  let started: Evaluation | null = null;
  try {
    started = ledger.change(id, "building", {
      attempt: attempt + 1,
      startedAt: startedAt ?? new Date().toISOString(),
      gpus: "gpus" in claim ? claim.gpus : [],
    });
  } finally {
    if (started === null) pool.giveBack(claim);
  }
  if (started !== null) runs.launch(started, claim);
}

/**
 * Decides who starts next among those that wait: higher priority first; then users in turn, so that
 * one who asks for a hundred does not keep the next one waiting for all of them; then the oldest.
 *
 * @param queued in any order
 * @returns the same, in the order in which they shall start
 */
export function turnOrder(
  queued: readonly Evaluation[],
  holding: ReadonlyMap<string, number>,
): Evaluation[] {
  const before = new Map(holding);
  const byAge = queued.toSorted((a, b) =>
    b.request.priority - a.request.priority || (a.id < b.id ? -1 : 1)
  );
  const turns = byAge.map((evaluation) => {
    const round = before.get(evaluation.user) ?? 0;
    before.set(evaluation.user, round + 1);
    return { evaluation, round };
  });
  // Sorting keeps the order of equals: that of age.
  return turns.toSorted((a, b) =>
    b.evaluation.request.priority - a.evaluation.request.priority || a.round - b.round
  ).map(({ evaluation }) => evaluation);
}
