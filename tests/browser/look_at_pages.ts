import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { checkAccess, openPage } from "../support/browser.ts";

/** Where screenshots are kept for whoever wants to look at them; nowhere unless it is set. */
const SCREENSHOTS = Deno.env.get("MAMMOEVAL_SCREENSHOTS") ?? null;

/** The ways in which people look at a page. */
export const WAYS = [
  { name: "light", colorScheme: "light", viewport: { width: 1200, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1200, height: 900 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 360, height: 740 } },
] as const;

/** Elements that only help on a screen and are still there on paper. */
const LEFT_ON_PAPER =
  `[...document.querySelectorAll("header.site, nav, form, button, a.button, .skip")]
  .filter((element) => element.getClientRects().length > 0)
  .map((element) => element.outerHTML.slice(0, 80))`;

/**
 * Looks at pages in every way in which people do: axe finds nothing, nothing sticks out, nothing is
 * asked of anybody else, and paper has nothing that only helps on a screen.
 *
 * @param t takes a step a page
 * @param browser to look with
 * @param url of the service
 * @param paths of the pages
 */
export async function lookAtPages(
  t: Deno.TestContext,
  browser: Browser,
  url: string,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) {
    const shown = path.replaceAll(/[0-9a-f-]{36}/g, "{id}");
    await t.step(`${shown}: light, dark, narrow, on paper`, async () => {
      for (const { name, ...options } of WAYS) {
        await using opened = await openPage(browser, url + path, options);
        const { page } = opened;
        assert.deepEqual(await checkAccess(page), [], name);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        assert.equal(width, options.viewport.width, `${name}: nothing sticks out at the side`);
        assert.deepEqual(opened.complaints, [], name);
        const others = opened.requests.filter((request) => !request.startsWith(url));
        assert.deepEqual(others, [], "nothing is asked of anybody else");
        await keep(page, shown, name);
        if (name === "light") await checkPaper(page, shown);
      }
    });
  }
}

async function checkPaper(page: Page, shown: string): Promise<void> {
  await page.emulateMedia({ media: "print" });
  assert.deepEqual(await page.evaluate(LEFT_ON_PAPER), [], "on paper");
  await keep(page, shown, "paper");
}

async function keep(page: Page, shown: string, way: string): Promise<void> {
  if (SCREENSHOTS === null) return;
  const file = `${shown.replaceAll(/[^a-z0-9]+/gi, "_")}-${way}.png`;
  await page.screenshot({ path: join(SCREENSHOTS, file), fullPage: true });
}
