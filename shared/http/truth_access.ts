import type { Caller } from "./caller.ts";
import { Problem } from "./problem.ts";

/** What has a truth: a registered dataset, or a score and the list that it was measured on. */
export type TruthSubject =
  | { readonly dataset: string }
  | {
    readonly score: {
      readonly dataset: string | null;
      readonly provenance: Readonly<Record<string, unknown>>;
    };
  };

/**
 * Decides who may see the truth of single exams: the data owner (role `admin`, which the local caller
 * without a token has too), and whoever uploaded the list of a score, for that list alone. Everybody
 * else could use it to write a model that passes this test set and no other.
 */
export function mayAccessTruth({ role, user }: Caller, subject: TruthSubject): boolean {
  if (role === "admin") return true;
  if (!("score" in subject)) return false;
  const { dataset, provenance } = subject.score;
  return dataset === null && provenance["uploaded_by"] === user;
}

/**
 * Refuses callers who may not see the truth of single exams.
 *
 * @param what would tell the truth, as the beginning of a sentence
 * @throws {Problem} `forbidden`
 */
export function requireTruthAccess(caller: Caller, subject: TruthSubject, what: string): void {
  if (mayAccessTruth(caller, subject)) return;
  throw new Problem(
    "forbidden",
    `${what} would show you the truth of single exams: ask the data owner`,
  );
}
