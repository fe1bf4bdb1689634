import { Section } from "../../../../shared/pages/mod.ts";
import type { JSX } from "hono/jsx/jsx-runtime";

/** What a reader has to mind before any number; nothing where there is nothing. */
export function PleaseNote(
  { messages }: { readonly messages: readonly string[] },
): JSX.Element | null {
  if (messages.length === 0) return null;
  return (
    <Section id="warnings" title="Please note" kind="warnings">
      <ul>
        {messages.map((message) => <li>{message}</li>)}
      </ul>
    </Section>
  );
}
