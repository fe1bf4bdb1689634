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

/** Who may see the truth of single exams: the data owner, and the uploader of a score's own data list. */
export function mayAccessTruth({ role, user }: Caller, subject: TruthSubject): boolean {
  if (role === "admin") return true;
  if (!("score" in subject)) return false;
  const { dataset, provenance } = subject.score;
  return dataset === null && provenance["uploaded_by"] === user;
}

/**
 * Rejects callers who may not see the truth; `what` begins the sentence.
 * @throws {Problem} `forbidden`
 */
export function requireTruthAccess(caller: Caller, subject: TruthSubject, what: string): void {
  if (mayAccessTruth(caller, subject)) return;
  throw new Problem(
    "forbidden",
    `${what} would show you the truth of single exams: ask the data owner`,
  );
}
