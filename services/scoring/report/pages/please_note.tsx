import { Section } from "../../../../shared/pages/mod.ts";
import type { JSX } from "hono/jsx/jsx-runtime";

/** Warnings for the reader, before any number; nothing if there are none. */
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
