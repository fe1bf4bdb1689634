import {
  type Caller,
  mayAccessTruth,
  Problem,
  requireTruthAccess,
} from "../../../shared/http/mod.ts";
import type { DatasetClient } from "../clients.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Evaluation, KeptAnswer, Ledger } from "../ledger/ledger.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { OPEN_EVALUATIONS_MAX } from "../../../shared/limits.ts";
import type { Uses } from "../ledger/uses.ts";
import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";

export interface QueueDependencies {
  readonly ledger: Ledger;
  readonly workspace: Pick<Workspace, "lease" | "release">;
  readonly dispatcher: Pick<Dispatcher, "wake">;
  readonly datasets: Pick<DatasetClient, "get">;
  /** Quota of a user with role `submit`: evaluations of one model version on one dataset. */
  readonly quota: number;
}

/**
 * Adds new evaluations to the ledger, all or none, and wakes the dispatcher: the only way into the queue.
 * @throws {Problem} when the dataset is gone, a quota is used up, or the volume is full
 */
export async function queueEvaluations(
  evaluations: readonly Evaluation[],
  caller: Caller,
  { ledger, workspace, dispatcher, datasets, quota }: QueueDependencies,
  kept?: { key: string; answer: KeptAnswer },
): Promise<void> {
  try {
    for (const evaluation of evaluations) await workspace.lease(evaluation);
    // The dataset may have been deleted before the lease existed: check again.
    for (const id of new Set(evaluations.map(({ request }) => request.dataset))) {
      await datasets.get(id);
    }
    // Counting and adding must be atomic: no await from here on.
    enforceOpen(evaluations, caller, ledger);
    enforceQuota(evaluations, caller, { uses: ledger.uses, quota });
    ledger.addAll(
      evaluations.map((one) => ({
        ...one,
        seesTruth: mayAccessTruth(caller, { dataset: one.request.dataset }),
      })),
      kept,
    );
  } catch (error) {
    for (const evaluation of evaluations) await workspace.release(evaluation).catch(() => {});
    throw error;
  }
  dispatcher.wake();
}

/**
 * Limits the unfinished evaluations of a model author: one without a quota could fill the queue.
 * @throws {Problem} `too_many_requests`, saying how many are under way
 */
export function enforceOpen(
  evaluations: readonly Evaluation[],
  caller: Caller,
  ledger: Pick<Ledger, "unfinished">,
  most: number = OPEN_EVALUATIONS_MAX,
): void {
  if (caller.role !== "submit") return;
  const open = ledger.unfinished().filter(({ user }) => user === caller.user).length;
  if (open + evaluations.length <= most) return;
  throw new Problem(
    "too_many_requests",
    `You have ${open} unfinished evaluations, and ${evaluations.length} more would exceed the limit of ` +
      `${most}: wait until some have ended, or cancel them`,
    { headers: { "retry-after": "60" } },
  );
}

/** The project's own baseline has no quota: it reveals nothing beyond its code. */
const FREE_MODEL = "reference";

interface QuotaDependencies {
  readonly uses: Pick<Uses, "counted">;
  readonly quota: number;
}

/**
 * Limits evaluations of each model version on a dataset by all model authors together, because every look at a test
 * set wears it out. Those under way count, so that simultaneous requests cannot evade the quota.
 * @throws {Problem} `quota_exceeded`, naming model, dataset and what is left
 */
export function enforceQuota(
  evaluations: readonly Evaluation[],
  caller: Caller,
  { uses, quota }: QuotaDependencies,
): void {
  if (caller.role !== "submit") return;
  const asked = new Map<string, number>();
  for (const { request, provenance } of evaluations) {
    if (request.model === FREE_MODEL) continue;
    const version = String(provenance["model_version"]);
    const digest = String(provenance["dataset_digest"]);
    const key = `${version} ${digest}`;
    const used = uses.counted(version, digest);
    const wanted = (asked.get(key) ?? 0) + 1;
    asked.set(key, wanted);
    if (used + wanted > quota) throw exceeded(request, { used, quota });
  }
}

function exceeded(
  { model, dataset }: Evaluation["request"],
  { used, quota }: { used: number; quota: number },
): Problem {
  const left = Math.max(0, quota - used);
  return new Problem(
    "quota_exceeded",
    `This version of ${model} may be evaluated ${quota} times on ${dataset}; ${used} are used or in progress, ` +
      `${left} left: ask the data owner, or submit a new version`,
  );
}

/**
 * Model authors may not pass labels to a container, or score groups of single exams.
 * @throws {Problem} `forbidden`, naming the field
 */
export function refuseOwnersOnly(
  caller: Caller,
  datasets: readonly string[],
  request: Pick<EvaluationRequest, "blind" | "subgroups" | "truth" | "operating_points">,
): void {
  for (const dataset of datasets) {
    if (!request.blind) requireTruthAccess(caller, { dataset }, "An evaluation that is not blind");
    if (typeof request.subgroups !== "boolean") {
      requireTruthAccess(caller, { dataset }, "Subgroups of your choice");
    }
    // Scores at neighbouring horizons would tell when a single cancer was found.
    if (request.truth !== null) requireTruthAccess(caller, { dataset }, "A truth of your choice");
    if (request.operating_points.some((point) => "target" in point)) {
      requireTruthAccess(caller, { dataset }, "An operating point of some of the women");
    }
  }
}
