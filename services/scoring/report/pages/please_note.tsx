import { counted, Section } from "../../../../shared/pages/mod.ts";
import type { JSX } from "hono/jsx/jsx-runtime";
import { SUBGROUP_CLASS_SAMPLES_MIN } from "../../../../shared/limits.ts";

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

interface ClassCounts {
  readonly count: number;
  readonly positives: number;
}

/** Returns a warning about few cases, or null if there are enough. */
export function fewText({ count, positives }: ClassCounts): string | null {
  const [least, which] = positives <= count - positives
    ? [positives, "positive"]
    : [count - positives, "negative"];
  if (least >= SUBGROUP_CLASS_SAMPLES_MIN) return null;
  return `There ${least === 1 ? "is" : "are"} only ${
    counted(least, which)
  }: these numbers are not ` +
    "reliable, and their intervals are rough.";
}
