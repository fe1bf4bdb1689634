import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { BROWSER_MISSING, checkAccess, openPage, startBrowser } from "../support/browser.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { registerSample } from "../support/evaluations.ts";

/** Forms mark all that is wrong at once and keep what was filled in; lists and notes lead back to what was made. */

/** Keeps a screenshot where they are wanted, see look_at_pages.ts. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = Deno.env.get("MAMMOEVAL_SCREENSHOTS");
  if (folder === undefined) return;
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

Deno.test({
  name: "forms: several models, every fault marked, texts kept",
  ignore: BROWSER_MISSING,
  async fn(t): Promise<void> {
    await using service = await startEmbedded();
    await registerSample(service.url);
    await using browser = await startBrowser();
    await using opened = await openPage(browser, `${service.url}/evaluations/new`);
    const { page } = opened;
    const faults = (): Promise<string[]> =>
      page.evaluate(`[...document.querySelectorAll(".fault")].map(({ id }) => id)`);

    await t.step("every wrong field of an evaluation is marked, and kept", async () => {
      await page.getByRole("checkbox", { name: "reference" }).uncheck();
      await page.getByLabel("Experiment", { exact: true }).fill("two words");
      await page.getByLabel("Parameters", { exact: true }).fill("A");
      await page.locator("summary", { hasText: "What is measured" }).click();
      await page.getByLabel("Prevalence", { exact: true }).fill("7");
      await page.getByRole("button", { name: "Start the evaluation" }).click();
      assert.deepEqual(await faults(), [
        ..."model-fault experiment-fault parameters-fault prevalence-fault".split(" "),
      ]);
      assert.equal(await page.getByLabel("Experiment", { exact: true }).inputValue(), "two words");
      assert.deepEqual(await checkAccess(page), []);
      await picture(page, "evaluation_faults");
    });

    await t.step("several models are evaluated at once", async () => {
      await page.getByRole("checkbox", { name: "reference" }).check();
      await page.getByRole("checkbox", { name: "nyu_gmic" }).check();
      await page.getByLabel("Experiment", { exact: true }).fill("both");
      await page.getByLabel("Parameters", { exact: true }).fill("");
      await page.getByLabel("Prevalence", { exact: true }).fill("0.01");
      await page.getByRole("button", { name: "Start the evaluation" }).click();
      await page.waitForURL(/evaluations\?search=both$/);
      assert.match(await page.locator("main").innerText(), /2 evaluations/);
      assert.match(
        await page.locator("table").innerText(),
        /nyu_gmic[\s\S]*reference|reference[\s\S]*nyu_gmic/,
      );
    });

    await t.step("an evaluation runs again with its own choices", async () => {
      await page.getByRole("link", { name: "reference", exact: true }).first().click();
      await page.getByRole("link", { name: "Run again" }).click();
      assert.ok(await page.getByRole("checkbox", { name: "reference" }).isChecked());
      assert.equal(await page.getByLabel("Prevalence", { exact: true }).inputValue(), "0.01");
    });

    await t.step("an evaluation gets a name and notes, and is found by them", async () => {
      await page.goBack();
      const faulty = "n".repeat(201);
      await page.getByLabel("Name", { exact: true }).fill(faulty);
      await page.getByLabel("Notes", { exact: true }).fill("before\nthe update");
      await page.getByRole("button", { name: "Save name and notes" }).click();
      assert.deepEqual(await faults(), ["name-fault"]);
      assert.equal(
        await page.getByLabel("Notes", { exact: true }).inputValue(),
        "before\nthe update",
      );
      await page.getByLabel("Name", { exact: true }).fill("Baseline 2026");
      await page.getByRole("button", { name: "Save name and notes" }).click();
      assert.equal(await page.locator("h1").innerText(), "Baseline 2026");
      assert.deepEqual(await checkAccess(page), []);
      await picture(page, "evaluation_named");
      await page.goto(`${service.url}/evaluations?search=the+update`);
      assert.match(await page.locator("table").innerText(), /Baseline 2026/);
      assert.match(await page.locator("main").innerText(), /1 evaluation\n/);
    });

    await t.step("a form with a file keeps its texts", async () => {
      await page.goto(`${service.url}/scores/new`);
      await page.getByLabel("Predictions", { exact: true }).setInputFiles("sample_data/data.pkl");
      await page.getByLabel("Model", { exact: true }).fill("two words");
      await page.locator("summary", { hasText: "What is measured" }).click();
      await page.getByLabel("Operating points", { exact: true }).fill("0.5, high");
      await page.getByRole("button", { name: "Score these predictions" }).click();
      assert.deepEqual(await faults(), [
        ..."model-fault operating_points-fault data_list-fault".split(" "),
      ]);
      assert.equal(await page.getByLabel("Model", { exact: true }).inputValue(), "two words");
      assert.deepEqual(await checkAccess(page), []);
      await picture(page, "score_faults");
    });
  },
});
