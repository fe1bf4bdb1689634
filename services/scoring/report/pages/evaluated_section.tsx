import type { JSX } from "hono/jsx/jsx-runtime";
import type { ScoreReport } from "../../../../shared/contracts/scores.ts";
import { factsOf } from "./facts.ts";

/** What was evaluated on what. */
export function EvaluatedSection({ report }: { readonly report: ScoreReport }): JSX.Element {
  return (
    <section aria-labelledby="evaluated">
      <h2 id="evaluated">What was evaluated</h2>
      <table class="facts">
        <tbody>
          {factsOf(report).map(({ name, value, code }) => (
            <tr>
              <th scope="row">{name}</th>
              <td>{code ? <code>{value}</code> : value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
