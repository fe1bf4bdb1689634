import assert from "node:assert/strict";
import { startHeldService } from "../hostile/held_service.ts";
import { BROWSER_MISSING, checkAccess, openPage, startBrowser } from "../support/browser.ts";
import { sendJson } from "../support/http.ts";

/** Stands in for the desktop: keeps what it is given to show. */
const DESKTOP = `window.shown = [];
window.Notification = class {
  static permission = "default";
  static async requestPermission() {
    return window.Notification.permission = "granted";
  }
  constructor(text) { window.shown.push(text); }
};`;

Deno.test({
  name: "a queued evaluation tells its place; the end of one is in the title and in a notice",
  ignore: BROWSER_MISSING,
  async fn(): Promise<void> {
    await using service = await startHeldService();
    const { url, owner, evaluation } = service;
    const queued = await sendJson(`${url}/v1/evaluations`, "POST", {
      ...{ model: "reference", dataset: "sample", experiment: "later", device: "cpu" },
    }, owner);
    const cancel = (id: string): Promise<unknown> =>
      sendJson(`${url}/v1/evaluations/${id}/cancel`, "POST", undefined, owner);
    await using browser = await startBrowser();
    await using opened = await openPage(browser, `${url}/healthz`, { extraHTTPHeaders: owner });
    const { page } = opened;
    await page.addInitScript(DESKTOP);
    await page.goto(`${url}/evaluations/${queued.body.id}`);
    await page.getByText("Place 1 of 1 in the queue for cpu; 1 evaluation runs there now")
      .waitFor();
    assert.deepEqual(await checkAccess(page), []);
    // Otherwise it would take the place of the one that ends, and outlast the test.
    await cancel(queued.body.id);
    await page.goto(`${url}/evaluations/${evaluation}`);
    assert.match(await page.title(), /^running: reference on sample/);
    await page.getByRole("button", { name: "Notify me at the end" }).click();
    await page.locator("#notify").waitFor({ state: "hidden" });
    await cancel(evaluation);
    // The notice comes before the page's parts are replaced.
    await page.getByText("This evaluation was cancelled").waitFor();
    assert.deepEqual(await page.evaluate("window.shown"), [
      "cancelled: reference on sample · mammoeval",
    ]);
    assert.match(await page.title(), /^cancelled: /);
  },
});
