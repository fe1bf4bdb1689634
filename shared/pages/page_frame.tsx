import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { type PageLook, readingPolicy } from "./page_style.ts";

/** A link of the site's navigation. */
export interface SiteLink {
  /** Path on this service. */
  readonly href: string;
  /** What is there. */
  readonly text: string;
}

/** What every page has. */
export interface PageFrame {
  /** Title of the document. */
  readonly title: string;
  readonly look: PageLook;
  /**
   * Links to other pages, between those to the start page and to the API; null in a file that stands
   * alone, where they would lead nowhere.
   */
  readonly links: readonly SiteLink[] | null;
  /** Path of a script of this site that keeps the page fresh, and how often without script, in seconds. */
  readonly live?: { readonly script: string; readonly refreshS: number | null };
}

const HOME: SiteLink = { href: "/", text: "mammoeval" };
const API: SiteLink = { href: "/docs", text: "API" };

function Page(
  { title, look, links, live, children }: PageFrame & { readonly children?: Child },
): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        {links === null && (
          <meta http-equiv="Content-Security-Policy" content={readingPolicy(look)} />
        )}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <style>{raw(look.style)}</style>
        {live !== undefined && <script src={live.script} defer></script>}
        {typeof live?.refreshS === "number" && (
          <noscript>
            <meta http-equiv="refresh" content={String(live.refreshS)} />
          </noscript>
        )}
      </head>
      <body>
        {links !== null && <SiteHeader links={links} />}
        <main id="content" tabindex={-1}>{children}</main>
        <footer>
          <p>
            Made by mammoeval. Not a medical device: the numbers describe a model on a data set, and
            nothing else.
          </p>
        </footer>
      </body>
    </html>
  );
}

function SiteHeader({ links }: { readonly links: readonly SiteLink[] }): JSX.Element {
  return (
    <header class="site">
      <a class="skip" href="#content">Skip to the content</a>
      <nav aria-label="Site">
        <ul>
          {[HOME, ...links, API].map(({ href, text }) => (
            <li>
              <a href={href}>{text}</a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

/**
 * Writes a whole page.
 *
 * @param frame title, look, links
 * @param content what is in the page
 * @returns an HTML document with nothing from elsewhere
 */
export function writePage(frame: PageFrame, content: JSX.Element): string {
  return `<!doctype html>\n${<Page {...frame}>{content}</Page>}\n`;
}
