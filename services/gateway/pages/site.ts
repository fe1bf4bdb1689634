import type { JSX } from "hono/jsx/jsx-runtime";
import { PAGE_REFRESH_S } from "../../../shared/limits.ts";
import { makeLook, pageHeaders, workingPolicy, writePage } from "../../../shared/pages/mod.ts";

/** How the site's own pages look. */
export const SITE_LOOK = makeLook();

/** Headers of the site's own pages: they have forms, and one script that keeps them fresh. */
export const SITE_HEADERS: Readonly<Record<string, string>> = pageHeaders(workingPolicy(SITE_LOOK));

/** Where the script lies that keeps pages fresh. */
export const LIVE_SCRIPT_PATH = "/live.js";

/**
 * Writes a page of the site.
 *
 * @param content what is in the page; parts with `id` and `data-live` are kept fresh
 * @param goesOn whether something on it is still going on, so that it is also read anew without script
 */
export function writeSitePage(title: string, content: JSX.Element, goesOn = false): string {
  const live = { scripts: [LIVE_SCRIPT_PATH], refreshS: goesOn ? PAGE_REFRESH_S : null };
  return writePage({ title: titleOf(title), look: SITE_LOOK, site: true, live }, content);
}

/** @returns it as the document has it */
export function titleOf(title: string): string {
  return title === "mammoeval" ? title : `${title} · mammoeval`;
}
