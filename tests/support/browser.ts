import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Where Debian puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** No window, no sandbox (tests run as root in containers), and nothing said to anybody outside. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long something may take to appear, in milliseconds: a busy machine is slow. */
const PATIENCE_MS = 180_000;

/** Whether there is no browser: tests that need one are then ignored, never passed. */
export const BROWSER_MISSING: boolean = await Deno.stat(CHROMIUM).then(() => false, () => true);

/** Starts the browser on an empty profile. */
export async function startBrowser(): Promise<Browser & AsyncDisposable> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return Object.assign(browser, { [Symbol.asyncDispose]: (): Promise<void> => browser.close() });
}

/** A page as a reader has it, with all that went wrong in it. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, refused content among them. */
  readonly complaints: readonly string[];
  /** URLs of everything that was asked for. */
  readonly requests: readonly string[];
}

/** Opens a page in a context of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return {
    page,
    complaints,
    requests,
    [Symbol.asyncDispose]: (): Promise<void> => context.close(),
  };
}

/** One thing that axe finds wrong. */
export interface AxeFinding {
  readonly rule: string;
  readonly impact: string;
  readonly targets: readonly string[];
}

/**
 * Checks a page with axe-core by the rules of WCAG 2.2 A and AA and its best practices.
 *
 * @param page with script switched on: axe runs in it
 * @returns what it finds wrong, of every impact
 */
export async function checkAccess(page: Page): Promise<AxeFinding[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(`axe.run(document, { resultTypes: ["violations"] })
    .then(({ violations }) => violations.map(({ id, impact, nodes }) => ({
      rule: id, impact, targets: nodes.map(({ target }) => String(target)),
    })))`);
  return found as AxeFinding[];
}
