import { stripVTControlCharacters } from "node:util";
import type { JSX } from "hono/jsx/jsx-runtime";

/** The end of a log, without terminal control sequences. */
export function LogText({ text, label = "End of the log" }: {
  readonly text: string;
  readonly label?: string;
}): JSX.Element {
  if (text.trim() === "") return <p>The log is empty.</p>;
  return (
    <pre class="log" tabindex={0} role="region" aria-label={label}>
      {stripVTControlCharacters(text)}
    </pre>
  );
}
