import { writePage } from "./page_frame.tsx";
import type { PageLook } from "./page_style.ts";

/** Writes the page that shows an error. */
export function writeProblemPage(
  look: PageLook,
  title: string,
  detail: string,
  requestId: string,
): string {
  return writePage(
    { title: `${title} · mammoeval`, look, site: true },
    <>
      <h1>{title}</h1>
      <p>{detail}</p>
      <p class="note">Request {requestId}</p>
    </>,
  );
}
