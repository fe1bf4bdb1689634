import { type Caller, Problem } from "../../../shared/http/mod.ts";
import { OPEN_EVALUATIONS_MAX } from "../../../shared/limits.ts";
import type { Evaluation, Ledger } from "../ledger/ledger.ts";

/**
 * Refuses a model author who has too many evaluations under way: models without a quota would let
 * one fill the queue of everybody.
 *
 * @param evaluations about to be written down, all or none
 * @param caller who asks; data owners may queue what they like
 * @param ledger knows what is under way
 * @param most evaluations of one user at a time
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
    `${open} evaluations of yours have not ended, and ${evaluations.length} more would be over ` +
      `${most}: wait until some have ended, or cancel them`,
    { headers: { "retry-after": "60" } },
  );
}
