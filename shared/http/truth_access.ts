import type { Caller } from "./caller.ts";
import { Problem } from "./problem.ts";

/** What has a truth: a registered dataset, or a score with its data list. */
export type TruthSubject =
  | { readonly dataset: string }
  | {
    readonly score: {
      readonly dataset: string | null;
      readonly provenance: Readonly<Record<string, unknown>>;
    };
  };

/**
 * Decides who may see the truth of single exams: the data owner (role `admin`, also the local caller without a token),
 * and the user who uploaded a score's data list, for that list only. Others could use the truth to build a model that passes
 * only this test set.
 */
export function mayAccessTruth({ role, user }: Caller, subject: TruthSubject): boolean {
  if (role === "admin") return true;
  if (!("score" in subject)) return false;
  const { dataset, provenance } = subject.score;
  return dataset === null && provenance["uploaded_by"] === user;
}

/**
 * Rejects callers who may not see the truth of single exams.
 * @param what would reveal the truth; the beginning of a sentence
 * @throws {Problem} `forbidden`
 */
export function requireTruthAccess(caller: Caller, subject: TruthSubject, what: string): void {
  if (mayAccessTruth(caller, subject)) return;
  throw new Problem(
    "forbidden",
    `${what} would show you the truth of single exams: ask the data owner`,
  );
}
