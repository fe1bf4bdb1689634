import type { JSX } from "hono/jsx/jsx-runtime";
import type { ScoreReport } from "../../../../shared/contracts/scores.ts";
import { FactTable, Section } from "../../../../shared/pages/mod.ts";
import { factsOf } from "./facts.ts";

/** Which model was evaluated on which data. */
export function EvaluatedSection({ report }: { readonly report: ScoreReport }): JSX.Element {
  return (
    <Section id="evaluated" title="What was evaluated">
      <FactTable
        label="Complete provenance"
        facts={factsOf(report).map(({ name, value, code }) => [
          name,
          code ? <code>{value}</code> : value,
        ])}
      />
    </Section>
  );
}
