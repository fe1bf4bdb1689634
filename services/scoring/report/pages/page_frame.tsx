import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { FILE_POLICY, PAGE_STYLE } from "./page_style.ts";

/** A link of the site's navigation. */
export interface SiteLink {
  /** Path on this service. */
  readonly href: string;
  /** What is there. */
  readonly text: string;
}

/** What every page has. */
interface PageProps {
  /** Title of the document. */
  readonly title: string;
  /** Links to other pages; null in a file that stands alone, where they would lead nowhere. */
  readonly links: readonly SiteLink[] | null;
  readonly children?: Child;
}

const HOME: SiteLink = { href: "/", text: "mammoeval" };
const API: SiteLink = { href: "/docs", text: "API" };

function Page({ title, links, children }: PageProps): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        {links === null && <meta http-equiv="Content-Security-Policy" content={FILE_POLICY} />}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <style>{raw(PAGE_STYLE)}</style>
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
 * @param title of the document
 * @param links to other pages, between those to the start page and to the API; null for a file that
 *   stands alone
 * @param content what is in the page
 * @returns an HTML document without script and without anything from elsewhere
 */
export function writePage(
  title: string,
  links: readonly SiteLink[] | null,
  content: JSX.Element,
): string {
  return `<!doctype html>\n${<Page title={title} links={links}>{content}</Page>}\n`;
}

/** A table that scrolls by itself where the screen is narrow, also by keyboard. */
export function ScrollingTable(
  { label, children }: { readonly label: string; readonly children?: Child },
): JSX.Element {
  return (
    <div class="scroll" role="region" aria-label={label} tabindex={0}>
      {children}
    </div>
  );
}

/** Forest plots are drawn as wide as the page. */
export const FOREST_WIDTH = 720;

/** A chart with what it says in words. */
export function Chart({ svg, caption, wide }: {
  readonly svg: string;
  readonly caption: string;
  /** Whether it keeps its size and scrolls by itself where the screen is narrow. */
  readonly wide?: string;
}): JSX.Element {
  return (
    <figure>
      {wide === undefined
        ? <div class="chart">{raw(svg)}</div>
        : (
          <div class="chart wide scroll" role="region" aria-label={wide} tabindex={0}>
            {raw(svg)}
          </div>
        )}
      <figcaption>{caption}</figcaption>
    </figure>
  );
}
