import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { BROWSER_MISSING, openPage, startBrowser } from "../support/browser.ts";
import { type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { goldenScreening } from "../support/scoring/golden_screening.ts";
import { lookAtPages } from "./look_at_pages.ts";

/** Scores the golden exams; returns the id of the score. */
async function score({ url }: ServiceUnderTest): Promise<string> {
  const { list, predictions } = goldenScreening();
  const form = new FormData();
  form.set("data_list", new File([list], "list.csv"));
  form.set("predictions", new File([predictions], "predictions.csv"));
  form.set("bootstrap", "false");
  form.set("model", "second_reader");
  const response = await fetch(`${url}/v1/scores`, { method: "POST", body: form });
  assert.equal(response.status, 201);
  return (await response.json()).id;
}

/** The slider's sentence at a place: by script at once, or by the form. */
async function sentenceAt(
  browser: Browser,
  url: string,
  javaScriptEnabled: boolean,
): Promise<string> {
  await using opened = await openPage(browser, url, { javaScriptEnabled });
  const { page, requests } = opened;
  const form = page.locator("form.slider");
  const before = await form.locator("p").innerText();
  const slider = form.getByLabel("Threshold, from the lowest score to the highest");
  await slider.focus();
  await page.keyboard.press("Home");
  for (let press = 0; press < 20; press++) await page.keyboard.press("ArrowRight");
  const asked = requests.length;
  if (!javaScriptEnabled) await form.getByRole("button", { name: "Show" }).click();
  const after = await form.locator("p").innerText();
  assert.notEqual(after, before);
  if (javaScriptEnabled) assert.equal(requests.length, asked, "nothing is asked for");
  assert.equal(await slider.inputValue(), "20");
  return after;
}

async function checkPrint(browser: Browser, url: string): Promise<void> {
  await using opened = await openPage(browser, url, { colorScheme: "dark" });
  const pdf = await opened.page.pdf({ preferCSSPageSize: true });
  const pages = new TextDecoder("latin1").decode(pdf).match(/\/Type\s*\/Page\b/g)!.length;
  assert.ok(pages <= 4, `${pages} pages`);
}

Deno.test({
  name: "the pages about decisions in a real browser",
  ignore: BROWSER_MISSING,
  async fn(t): Promise<void> {
    await using service = await startEmbedded();
    await using browser = await startBrowser();
    const path = `/screening-simulations?score=${await score(service)}` +
      "&threshold=0.5&low=0.2&high=0.9&margin=0.05&volume=70000&cost_per_read=4";
    const id = /score=([^&]+)/.exec(path)![1]!;
    await lookAtPages(t, browser, service.url, [
      path,
      `/score-analyses?score=${id}&thresholds=0.5,0.8&specificity=0.9&recalibrate=yes`,
      `/paired-decisions?score=${id}&threshold=0.5&margin=0.1`,
    ]);
    await t.step("the slider says the same with and without script", async () => {
      const [scripted, plain] = [true, false].map((script) =>
        sentenceAt(browser, service.url + path, script)
      );
      assert.equal(await scripted, await plain);
    });
    await t.step(
      "seven pathways print on two sheets, four pages",
      () => checkPrint(browser, service.url + path),
    );
    await t.step("a report leads to every page about decisions and back", async () => {
      await using opened = await openPage(browser, `${service.url}/reports/${id}`);
      await opened.page.getByRole("link", { name: "Simulate screening" }).click();
      await opened.page.getByRole("heading", { level: 1, name: /What the programme would do/ })
        .waitFor();
      await opened.page.getByRole("link", { name: "Measures for decisions" }).click();
      await opened.page.getByRole("textbox", { name: "Thresholds" }).fill("0.25, 0.75");
      await opened.page.getByRole("button", { name: "Compute" }).click();
      await opened.page.getByRole("rowheader", { name: "0.75" }).waitFor();
      await opened.page.getByRole("link", { name: "Compare with readers" }).click();
      await opened.page.getByRole("heading", { name: /and Second reader/ }).waitFor();
      await opened.page.getByRole("link", { name: "Report of the score" }).click();
      assert.equal(new URL(opened.page.url()).pathname, `/reports/${id}`);
    });
  },
});
