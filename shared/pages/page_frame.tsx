import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { HelpTexts } from "./glossary.tsx";
import { type PageLook, readingPolicy } from "./page_style.ts";

export interface SiteLink {
  /** Path on this service. */
  readonly href: string;
  readonly text: string;
}

export interface PageFrame {
  readonly title: string;
  readonly look: PageLook;
  /** Whether it is a page of the site; a standalone file has no links, since they would be dead. */
  readonly site: boolean;
  /** Paths of this site's scripts, and the refresh interval without script in seconds. */
  readonly live?: { readonly scripts: readonly string[]; readonly refreshS: number | null };
}

/** Links in every page's header. */
const SITE_LINKS: readonly SiteLink[] = [
  { href: "/", text: "mammoeval" },
  { href: "/evaluations/new", text: "Evaluate a model" },
  { href: "/datasets/new", text: "Register data" },
  { href: "/models", text: "Models" },
  { href: "/comparisons/new", text: "Compare scores" },
  { href: "/reader-studies", text: "Reader studies" },
  { href: "/docs", text: "API" },
  { href: "/sign-in", text: "Account" },
];

function Page(
  { title, look, site, live, children }: PageFrame & { readonly children?: Child },
): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        {!site && <meta http-equiv="Content-Security-Policy" content={readingPolicy(look)} />}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <style>{raw(look.style)}</style>
        {live?.scripts.map((path) => <script src={path} defer></script>)}
        {typeof live?.refreshS === "number" && (
          <noscript>
            <meta http-equiv="refresh" content={String(live.refreshS)} />
          </noscript>
        )}
      </head>
      <body>
        {site && <SiteHeader />}
        <main id="content" tabindex={-1}>{children}</main>
        <footer>
          <p>
            Created by mammoeval. Not a medical device: the numbers only describe a model on a data
            set.
          </p>
        </footer>
      </body>
    </html>
  );
}

function SiteHeader(): JSX.Element {
  return (
    <header class="site">
      <a class="skip" href="#content">Skip to the content</a>
      <nav aria-label="Site">
        <ul>
          {SITE_LINKS.map(({ href, text }) => (
            <li>
              <a href={href}>{text}</a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

export function writePage(frame: PageFrame, content: JSX.Element): string {
  const html = String(content);
  const page = (
    <Page {...frame}>
      {raw(html)}
      <HelpTexts html={html} />
    </Page>
  );
  return `<!doctype html>\n${page}\n`;
}

export function Section({ id, title, kind, children }: {
  /** Id of the heading, which labels the section. */
  readonly id: string;
  readonly title: string;
  readonly kind?: string;
  readonly children?: Child;
}): JSX.Element {
  return (
    <section {...(kind === undefined ? {} : { class: kind })} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

export function RelatedLinks({ links, label = "Related" }: {
  readonly links: readonly SiteLink[];
  /** Accessible name. */
  readonly label?: string;
}): JSX.Element | null {
  if (links.length === 0) return null;
  return (
    <nav class="related" aria-label={label}>
      <ul>
        {links.map(({ href, text }) => (
          <li>
            <a href={href}>{text}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Writes the page that shows an error. */
export function writeProblemPage(
  look: PageLook,
  { title, detail, errors, request_id }: {
    readonly title: string;
    readonly detail: string;
    readonly errors?: readonly { readonly message: string }[] | undefined;
    readonly request_id: string;
  },
): string {
  return writePage(
    { title: `${title} · mammoeval`, look, site: true },
    <>
      <h1>{title}</h1>
      <p>{detail}</p>
      {errors !== undefined && errors.length > 1 && (
        <Section id="errors" title="Errors">
          <ul>
            {errors.map(({ message }) => <li>{message}</li>)}
          </ul>
        </Section>
      )}
      <p class="note">Request {request_id}</p>
    </>,
  );
}
