import type { EvaluationRequest, QueuePlace } from "../../../shared/contracts/evaluations.ts";
import { type Evaluation, type Ledger, PLACES } from "../ledger/ledger.ts";
import type { ActiveRuns } from "./active_runs.ts";
import { type Claim, type DevicePool, gpusNamed } from "./devices.ts";

export interface StartDependencies {
  readonly ledger: Pick<Ledger, "queued" | "change">;
  readonly pool: DevicePool;
  readonly runs: Pick<ActiveRuns, "has" | "holding" | "launch">;
}

/** Maximum number of queued evaluations examined per call. */
const QUEUE_LOOK_MAX = 1000;

/** @throws {Error} when the ledger cannot be written; an evaluation that did not start holds no device */
export function startQueued(device: EvaluationRequest["device"], deps: StartDependencies): void {
  const { ledger, pool, runs } = deps;
  if (!pool.hasFree(device)) return;
  const queued = ledger.queued(device, QUEUE_LOOK_MAX).filter(({ id }) => !runs.has(id));
  // Reserve GPUs for earlier evaluations, so that later ones that need fewer cannot starve them.
  const kept = new Set<number>();
  for (const evaluation of turnOrder(queued, runs.holding())) {
    const { gpu } = evaluation.request;
    if (!pool.hasFree(device)) return;
    const claim = pool.take(evaluation.request, kept);
    if (claim !== null) start(evaluation, claim, deps);
    else for (const wanted of gpusNamed(gpu)) kept.add(wanted);
  }
}

/** Why an evaluation waits, without naming others; not `open` while the service resumes. */
export function queuePlace(
  { id, status, request: { device, gpu } }: Evaluation,
  open: boolean,
  { ledger, runs }: {
    readonly ledger: Pick<Ledger, "get" | "queued">;
    readonly runs: Pick<ActiveRuns, "has" | "holding" | "ids">;
  },
): QueuePlace | null {
  if (status !== "queued") return null;
  const queued = ledger.queued(device, QUEUE_LOOK_MAX).filter((one) => !runs.has(one.id));
  const place = 1 + turnOrder(queued, runs.holding()).findIndex((one) => one.id === id);
  if (place === 0) return null;
  const running = [...runs.ids()].filter((one) => {
    const evaluation = ledger.get(one);
    return evaluation?.request.device === device && evaluation.status !== "scoring";
  }).length;
  const named = gpusNamed(gpu);
  const reason = !open
    ? "the service still resumes what ran before its restart"
    : place > 1
    ? "others come first: users with fewer running evaluations, then the oldest"
    : device === "gpu" && named.length > 0
    ? `GPU ${named.join(" and ")} must be free`
    : `every place for ${device} is taken`;
  return { place, waiting: queued.length, running, reason };
}

function start(
  { id, attempt, startedAt, provenance }: Evaluation,
  claim: Claim,
  { ledger, pool, runs }: StartDependencies,
): void {
  let started: Evaluation | null = null;
  try {
    started = ledger.change(id, "building", {
      attempt: attempt + 1,
      startedAt: startedAt ?? new Date().toISOString(),
      gpus: "gpus" in claim ? claim.gpus : [],
      ...("cpu" in claim && claim.places !== undefined
        ? { provenance: { ...provenance, [PLACES]: claim.places } }
        : {}),
    });
  } finally {
    if (started === null) pool.release(claim);
  }
  if (started !== null) runs.launch(started, claim);
}

/**
 * Round robin over users, so that one with a hundred evaluations does not block the others; then the oldest first.
 * `holding` counts each user's evaluations that hold a device.
 */
export function turnOrder(
  queued: readonly Evaluation[],
  holding: ReadonlyMap<string, number>,
): Evaluation[] {
  const before = new Map(holding);
  const byAge = queued.toSorted((a, b) => a.id < b.id ? -1 : 1);
  const turns = byAge.map((evaluation) => {
    const round = before.get(evaluation.user) ?? 0;
    before.set(evaluation.user, round + 1);
    return { evaluation, round };
  });
  // The sort is stable, so age decides between equals.
  return turns.toSorted((a, b) => a.round - b.round).map(({ evaluation }) => evaluation);
}
