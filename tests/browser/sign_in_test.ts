import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { CALLBACK_PATH } from "../../services/gateway/access/open_id.ts";
import { BROWSER_MISSING, checkAccess, openPage, startBrowser } from "../support/browser.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { freePort } from "../support/free_port.ts";
import { openIdSettings, startOpenIdProvider } from "../support/open_id_provider.ts";
import { WAYS } from "./look_at_pages.ts";

/** From a page of the site to the provider, and back. */
async function signIn(page: Page, user: string): Promise<void> {
  await page.getByRole("link", { name: "Sign in with your organisation’s account" }).click();
  await page.locator("input[name=login]").fill(user);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Looks at the page to sign in at, and as a person who is signed in at a page that only they see. */
async function lookBeforeAndAfter(browser: Browser, site: string): Promise<void> {
  await using signedIn = await openPage(browser, site);
  await signIn(signedIn.page, "ada");
  await signedIn.page.getByRole("link", { name: "Account" }).waitFor();
  const storageState = await signedIn.page.context().storageState();
  for (const { name, ...options } of WAYS) {
    await using before = await openPage(browser, site, options);
    assert.deepEqual(await checkAccess(before.page), [], `sign-in, ${name}`);
    await using after = await openPage(browser, `${site}/sign-in`, { ...options, storageState });
    assert.match(await after.page.locator("main").innerText(), /ada/);
    assert.deepEqual(await checkAccess(after.page), [], `account, ${name}`);
  }
}

Deno.test({
  name: "single sign-on in a browser: to the provider and back to the page, until one signs out",
  ignore: BROWSER_MISSING,
  async fn(t): Promise<void> {
    const site = `http://127.0.0.1:${freePort()}`;
    await using provider = await startOpenIdProvider(`${site}${CALLBACK_PATH}`, {
      ada: { groups: ["data-owners"] },
      bob: { groups: ["visitors"] },
    });
    await using _service = await startEmbedded(openIdSettings(provider, site));
    await using browser = await startBrowser();
    await t.step("the page that was asked for comes after the sign-in", async () => {
      await using opened = await openPage(browser, `${site}/evaluations/new?device=cpu`);
      const { page } = opened;
      await signIn(page, "ada");
      await page.waitForURL(`${site}/evaluations/new?device=cpu`);
      // Forms work: the session's cookie goes with what our own pages send.
      await page.goto(`${site}/datasets/new`);
      await page.getByLabel("Name", { exact: true }).fill("elsewhere");
      await page.getByLabel("Folder of the images", { exact: true }).fill("sample_data/images");
      await page.getByLabel("Data list", { exact: true }).fill("/etc/passwd");
      await page.getByRole("button", { name: "Register these images" }).click();
      assert.match(await page.getByRole("alert").innerText(), /MAMMOEVAL_DATA_ROOTS/);
      await page.getByRole("link", { name: "Account" }).click();
      assert.match(await page.locator("main").innerText(), /ada[\s\S]*admin/);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByLabel("Token").waitFor();
      await page.goto(`${site}/datasets`);
      await page.getByLabel("Token").waitFor();
    });
    await t.step("who has no role is told so", async () => {
      await using opened = await openPage(browser, site);
      await signIn(opened.page, "bob");
      await opened.page.getByText("bob has no role in mammoeval").waitFor();
      assert.deepEqual(await checkAccess(opened.page), []);
    });
    await t.step("who cancels may try again", async () => {
      await using opened = await openPage(browser, site);
      const { page } = opened;
      await page.getByRole("link", { name: "Sign in with your organisation’s account" }).click();
      await page.getByRole("link", { name: "Cancel" }).click();
      assert.match(await page.getByRole("alert").innerText(), /access_denied/);
      await signIn(page, "ada");
      await page.getByRole("link", { name: "Account" }).waitFor();
    });
    await t.step(
      "axe finds nothing before and after",
      () => lookBeforeAndAfter(browser, site),
    );
  },
});
