import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Debian's path. */
const CHROMIUM = "/usr/bin/chromium";

/** No window, no sandbox (tests run as root in containers), no background requests. */
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

/** Timeout of page actions, in milliseconds: a busy machine is slow. */
const PATIENCE_MS = 180_000;

/** Whether the browser is missing: tests that need it are then ignored, never passed. */
export const BROWSER_MISSING: boolean = await Deno.stat(CHROMIUM).then(() => false, () => true);

/** Starts the browser with an empty profile. */
export async function startBrowser(): Promise<Browser & AsyncDisposable> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return Object.assign(browser, { [Symbol.asyncDispose]: (): Promise<void> => browser.close() });
}

/** An open page, with its errors and requests. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, including blocked content. */
  readonly complaints: readonly string[];
  /** URLs of all requests. */
  readonly requests: readonly string[];
}

/** Opens a page in its own context. */
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
    if (message.type() === "error" && !isOfNetworkChange(message.text())) {
      complaints.push(message.text());
    }
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

/**
 * Chromium breaks off requests when an interface of the machine comes or goes, as other tests' containers make it. What
 * is missing then is asked for again.
 */
function isOfNetworkChange(complaint: string): boolean {
  return complaint.includes("ERR_NETWORK_CHANGED") ||
    /^Tile .* TypeError: Failed to fetch$/.test(complaint);
}

/** A violation found by axe. */
export interface AxeFinding {
  readonly rule: string;
  readonly impact: string;
  readonly targets: readonly string[];
}

/**
 * Checks a page with axe-core by WCAG 2.2 A and AA and axe's best practices. Returns violations of every impact.
 * JavaScript must be on, since axe runs in the page.
 */
export async function checkAccess(page: Page): Promise<AxeFinding[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(`axe.run(document, { resultTypes: ["violations"] })
    .then(({ violations }) => violations.map(({ id, impact, nodes }) => ({
      rule: id, impact, targets: nodes.map(({ target }) => String(target)),
    })))`);
  return found as AxeFinding[];
}
