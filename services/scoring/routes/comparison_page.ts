import { comparisonRequest } from "../../../shared/contracts/comparisons.ts";
import { Problem } from "../../../shared/http/mod.ts";
import { writeComparisonPage } from "../report/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import type { Asker } from "../compute/compute.ts";
import { makeComparison } from "./comparisons.ts";

/**
 * Writes the page of a comparison, which is computed anew.
 *
 * @param query as a form makes it: what is left empty is not asked for
 * @param deps where scores are, and what compares them
 * @throws {Problem} where the query does not fit or the scores cannot be compared
 */
export async function comparisonPage(
  query: Readonly<Record<string, string[]>>,
  deps: Pick<ScoringDependencies, "store" | "compute">,
  asker: Asker,
): Promise<string> {
  const { score: scores = [], level, reference, margin, bootstrap } = query;
  if (scores.length < 2) {
    throw new Problem("invalid_request", "Choose at least two scores over the same exams");
  }
  const parsed = comparisonRequest.safeParse({
    scores,
    ...named("level", level),
    ...named("reference", reference),
    ...named("margin", margin, Number),
    ...named("bootstrap", bootstrap, (text) => text !== "false"),
  });
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new Problem("invalid_request", `${path.join(".")}: ${message}`);
  }
  return writeComparisonPage(await makeComparison(parsed.data, deps, asker));
}

function named(
  name: string,
  values: readonly string[] = [],
  read: (text: string) => unknown = (text) => text,
): Record<string, unknown> {
  const [text = ""] = values;
  return text === "" ? {} : { [name]: read(text) };
}
