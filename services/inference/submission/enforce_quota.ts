import { type Caller, Problem } from "../../../shared/http/mod.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Uses } from "../ledger/uses.ts";

/** The project's own baseline tells nothing that its code does not. */
const FREE_MODEL = "reference";

/** What a quota is counted with. */
export interface QuotaDependencies {
  readonly uses: Pick<Uses, "counted">;
  /** Evaluations of one model version on one dataset. */
  readonly quota: number;
}

/**
 * Refuses what goes over the quota of model authors: each version of a model has so many evaluations
 * on a dataset, whoever asks for them, because every look at a test set wears it out. What is under
 * way counts as used, so that a hundred requests at once are no way around.
 *
 * @param evaluations about to be written down, all or none
 * @param caller who asks; data owners have no quota
 * @param deps count and limit
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
    `This version of ${model} may be evaluated ${quota} times on ${dataset}; ${used} are used or under way, ` +
      `${left} left: ask the data owner, or come back with a new version`,
  );
}
