import type { JSX } from "hono/jsx/jsx-runtime";

/** What a reader has to mind before any number; nothing where there is nothing. */
export function Mind({ messages }: { readonly messages: readonly string[] }): JSX.Element | null {
  if (messages.length === 0) return null;
  return (
    <section class="warnings" aria-labelledby="warnings">
      <h2 id="warnings">Mind</h2>
      <ul>
        {messages.map((message) => <li>{message}</li>)}
      </ul>
    </section>
  );
}
