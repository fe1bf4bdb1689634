import type { JSX } from "hono/jsx/jsx-runtime";
import type { Released } from "../../../shared/contracts/releases.ts";
import { writeSitePage } from "./site.ts";

/** For each state: its meaning for callers who may not see the labels, and the button that sets it. */
const STATES: readonly (readonly [state: Released, meaning: string, button: string])[] = [
  ["full", "They see the report without the names of exams", "Release in full"],
  [
    "coarse",
    "They see values with two digits; no curves, plots or subgroups",
    "Release two digits",
  ],
  ["withheld", "They see that a score exists, but no values", "Withhold"],
];

/** Writes the page on which a data owner releases a score. */
export function writeReleasePage(id: string, released: Released, mayChange: boolean): string {
  const [, meaning] = STATES.find(([state]) => state === released)!;
  return writeSitePage(
    "Release of a score",
    <article>
      <h1>Release of a score</h1>
      <p>
        <a href={`/reports/${id}`}>The report</a>
      </p>
      <p class="lead">
        {meaning}: this holds for users who may not see the truth, model authors above all.
      </p>
      {mayChange &&
        STATES.filter(([state]) => state !== released).map(([state, _, button]) => (
          <ReleaseForm id={id} state={state} button={button} />
        ))}
    </article>,
  );
}

function ReleaseForm({ id, state, button }: {
  readonly id: string;
  readonly state: Released;
  readonly button: string;
}): JSX.Element {
  return (
    <form method="post" action={`/scores/${id}/release`}>
      <input type="hidden" name="as" value={state} />
      <button class="plain" type="submit">{button}</button>
    </form>
  );
}
