import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { BROWSER_MISSING, checkAccess, openPage, startBrowser } from "../support/browser.ts";
import { type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";

/** The API's page as people have it: offline, in each of their ways, and without a mouse. */

const WAYS = [
  { name: "light", colorScheme: "light", viewport: { width: 1200, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1200, height: 900 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 360, height: 740 } },
] as const;
/** There are some fifty operations, each with a few places to stop at. */
const STOPS_MAX = 400;

/** Goes on by Tab until the element in focus says this. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate("document.activeElement?.innerText ?? ''");
    if (String(focused).replaceAll(/\s+/g, " ").includes(text)) return;
  }
  assert.fail(`no key leads to ${text}`);
}

async function checkWay(
  service: ServiceUnderTest,
  browser: Browser,
  { name, ...options }: (typeof WAYS)[number],
): Promise<void> {
  await using opened = await openPage(browser, `${service.url}/docs`, options);
  const { page } = opened;
  await page.getByRole("button", { name: "Evaluate a model on a dataset" }).click();
  await page.getByText("Try it out").first().waitFor();
  assert.deepEqual(await checkAccess(page), [], "with an operation opened");
  const width = await page.evaluate("document.documentElement.scrollWidth");
  assert.equal(width, options.viewport.width, "nothing sticks out at the side");
  const ink = String(
    await page.evaluate(
      `getComputedStyle(document.querySelector(".opblock-summary-description")).color`,
    ),
  );
  assert.equal(Number(/\d+/.exec(ink)![0]) > 150, name === "dark", `${ink} on its ground`);
  assert.deepEqual(opened.complaints, [], "no script failed, nothing was against the policy");
  const others = opened.requests.filter((url) =>
    !url.startsWith(service.url) && !url.startsWith("data:")
  );
  assert.deepEqual(others, [], "nothing is asked of anybody else");
}

/** Opens an operation, sends its request and reads the answer, by keys alone. */
async function checkKeys(service: ServiceUnderTest, browser: Browser): Promise<void> {
  await using opened = await openPage(browser, `${service.url}/docs`);
  const { page } = opened;
  await page.getByText("List the datasets", { exact: true }).waitFor();
  await tabTo(page, "List the datasets");
  await page.keyboard.press("Enter");
  await page.getByText("Try it out").first().waitFor();
  for (const button of ["Try it out", "Execute"]) {
    await tabTo(page, button);
    await page.keyboard.press("Enter");
  }
  await page.getByText("Server response").waitFor();
  assert.match(await page.locator(".live-responses-table").innerText(), /200[\s\S]*"items": \[\]/);
}

Deno.test({
  name: "the API's page: offline, light, dark, narrow, by keys alone",
  ignore: BROWSER_MISSING,
  async fn(t): Promise<void> {
    await using service = await startEmbedded();
    await using browser = await startBrowser();
    for (const way of WAYS) {
      await t.step(`${way.name}: axe finds nothing, nobody else is asked`, async () => {
        await checkWay(service, browser, way);
      });
    }
    await t.step("an operation is tried by keys alone", () => checkKeys(service, browser));
  },
});
