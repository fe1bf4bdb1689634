import type { JSX } from "hono/jsx/jsx-runtime";
import type { ScoreReport } from "../../../../shared/contracts/scores.ts";
import { FactTable } from "../../../../shared/pages/mod.ts";
import { factsOf } from "./facts.ts";

/** What was evaluated on what. */
export function EvaluatedSection({ report }: { readonly report: ScoreReport }): JSX.Element {
  return (
    <section aria-labelledby="evaluated">
      <h2 id="evaluated">What was evaluated</h2>
      <FactTable
        label="Complete provenance"
        facts={factsOf(report).map(({ name, value, code }) => [
          name,
          code ? <code>{value}</code> : value,
        ])}
      />
    </section>
  );
}
