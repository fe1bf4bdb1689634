import type { JSX } from "hono/jsx/jsx-runtime";
import { PAGE_REFRESH_S } from "../../../shared/limits.ts";
import { makeLook, pageHeaders, workingPolicy, writePage } from "../../../shared/pages/mod.ts";

/** Style of the site's own pages. */
export const SITE_LOOK = makeLook();

/** Headers of the site's own pages, which have forms and one script that refreshes them. */
export const SITE_HEADERS: Readonly<Record<string, string>> = pageHeaders(workingPolicy(SITE_LOOK));

/** Path of the script that refreshes pages. */
export const LIVE_SCRIPT_PATH = "/live.js";

/**
 * Writes a page of the site.
 * @param content parts with `id` and `data-live` are refreshed
 * @param goesOn whether something on it is in progress; the page then also reloads without script
 */
export function writeSitePage(title: string, content: JSX.Element, goesOn = false): string {
  const live = { scripts: [LIVE_SCRIPT_PATH], refreshS: goesOn ? PAGE_REFRESH_S : null };
  return writePage({ title: titleOf(title), look: SITE_LOOK, site: true, live }, content);
}

/** Title for the HTML document. */
export function titleOf(title: string): string {
  return title === "mammoeval" ? title : `${title} · mammoeval`;
}
