import type { JSX } from "hono/jsx/jsx-runtime";
import type { ScoreReport } from "../../../../shared/contracts/scores.ts";
import { checklistItems } from "./checklist.ts";
import { ScrollingTable } from "../../../../shared/pages/mod.ts";

/** What a publication needs, as far as it is known here. */
export function ChecklistSection({ report }: { readonly report: ScoreReport }): JSX.Element {
  return (
    <section aria-labelledby="checklist">
      <h2 id="checklist">For a publication</h2>
      <p>
        What the guidelines STARD-AI and CLAIM ask for, as far as it can be filled in here. STARD
        numbers are those of STARD 2015, which STARD-AI extends.
      </p>
      <ScrollingTable label="Reporting checklist">
        <table class="answers long">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Answer</th>
              <th scope="col">Asked for in</th>
            </tr>
          </thead>
          <tbody>
            {checklistItems(report).map(({ topic, guideline, answer }) => (
              <tr>
                <th scope="row">{topic}</th>
                <td>{answer ?? <em>for the authors</em>}</td>
                <td>{guideline}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollingTable>
    </section>
  );
}
