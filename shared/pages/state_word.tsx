import type { JSX } from "hono/jsx/jsx-runtime";

/** What a state means for whoever looks: it has a shape of its own beside its word. */
type StateKind = "good" | "bad" | "busy" | "waiting" | "off";

const KINDS: Readonly<Record<string, StateKind>> = {
  succeeded: "good",
  ready: "good",
  passed: "good",
  failed: "bad",
  rejected: "bad",
  building: "busy",
  running: "busy",
  scoring: "busy",
  importing: "busy",
  queued: "waiting",
  advice: "waiting",
  cancelled: "off",
  skipped: "off",
};

/** The state of something: a word, and before it a shape that tells it without colour. */
export function StateWord({ state }: { readonly state: string }): JSX.Element {
  return <strong class={`state ${KINDS[state] ?? "off"}`}>{state}</strong>;
}
