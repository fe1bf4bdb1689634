import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { BROWSER_MISSING, openPage, startBrowser } from "../support/browser.ts";
import { PROJECT, type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { eventually } from "../support/eventually.ts";
import { lookAtPages } from "./look_at_pages.ts";

/** Scores by which exam 0 is the most suspicious, and the last ones, with the cancers, the least. */
const falling = (exam: number): number => 0.9 - 0.2 * exam;

/** The sample data with two reads of each exam, which recall all of them; another score finds the cancers. */
async function prepare({ url, dataFolder }: ServiceUnderTest): Promise<[string, string]> {
  const list = JSON.parse(await Deno.readTextFile(join(PROJECT, "sample_data/data.json")));
  const reads = [1, 2].map((order) => ({ order, reader: `r${order}`, recall: 1 }));
  const dataList = join(dataFolder, "read.json");
  await Deno.writeTextFile(
    dataList,
    JSON.stringify(list.map((exam: object) => ({ ...exam, reads, consensus_recall: 1 }))),
  );
  const registered = await fetch(`${url}/v1/datasets`, {
    method: "POST",
    headers: { "content-type": "application/json", prefer: "wait=120" },
    body: JSON.stringify({
      name: "sample",
      images: join(PROJECT, "sample_data/images"),
      data_list: dataList,
    }),
  });
  assert.equal(registered.status, 201, await registered.text());
  return [await score(url, falling), await score(url, (exam) => 1 - falling(exam))];
}

/** Scores predictions that were made elsewhere; returns the score's id. */
async function score(url: string, scoreOf: (exam: number) => number): Promise<string> {
  const form = new FormData();
  const rows = [0, 1, 2, 3].flatMap((exam) =>
    ["L_CC", "R_CC", "L_MLO", "R_MLO"].map((view) => `${exam}_${view},${scoreOf(exam)}`)
  );
  const csv = ["image_index,malignant_pred", ...rows].join("\n");
  form.set("predictions", new File([csv], "predictions.csv"));
  form.set("dataset", "sample");
  form.set("bootstrap", "false");
  const scored = await fetch(`${url}/v1/scores`, { method: "POST", body: form });
  const text = await scored.text();
  assert.equal(scored.status, 201, text);
  return JSON.parse(text).id;
}

/** Brightest shade of the light table, and how many different ones there are. */
const SHADES = `(() => {
  const canvas = document.querySelector("#table canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const shades = new Set();
  for (let at = 0; at < data.length; at += 4) shades.add(data[at]);
  return shades.size;
})()`;

/** Pixels of the screen for each pixel of the first image. */
const ZOOM = `mammoevalViewer.hung[0].item.viewportToImageZoom(
  mammoevalViewer.viewer.viewport.getZoom(true)) * devicePixelRatio`;

/** Follows the first exam of a list: its picture is there, and its page leads on. */
async function followExam(page: Page, links: string): Promise<void> {
  const exam = page.locator(links).first();
  await exam.scrollIntoViewIfNeeded();
  const width = (): Promise<number> => exam.locator("img").evaluate((img) => img.naturalWidth);
  assert.ok(await eventually(width, (pixels) => pixels > 0) > 0, "the thumbnail is drawn");
  await exam.click();
  await page.waitForURL(/\/datasets\/sample\/exams\/phantom_\d/);
  assert.match(await page.locator("nav.actions").innerText(), /1 of \d in the list/);
}

async function checkDiscordant(browser: Browser, url: string, path: string): Promise<void> {
  await using opened = await openPage(browser, url + path);
  const { page, complaints } = opened;
  const charts = page.locator(".chart svg");
  assert.equal(await charts.count(), 2, "curves, and the forest plot of the difference");
  assert.match(await charts.nth(0).innerHTML(), /AUROC/);
  await followExam(page, "#discordant ~ .scroll a.exam");
  assert.deepEqual(complaints, []);
}

async function checkSlider(browser: Browser, url: string): Promise<void> {
  await using opened = await openPage(browser, url);
  const { page, requests } = opened;
  const before = await page.locator("form.slider output").allInnerTexts();
  const asked = requests.length;
  await page.locator("#at").focus();
  await page.keyboard.press("Home");
  const lowest = await page.locator("form.slider output").allInnerTexts();
  assert.notDeepEqual(lowest, before);
  assert.match(lowest[1]!, /^100\.0/, "at the lowest score every cancer is found");
  assert.equal(requests.length, asked, "nothing is asked of the service");
  await using plain = await openPage(browser, `${url}?at=0`, { javaScriptEnabled: false });
  assert.deepEqual(await plain.page.locator("form.slider output").allInnerTexts(), lowest);
}

async function checkTimes(browser: Browser, url: string): Promise<void> {
  // Half an hour beside the full one, and five ahead: neither hour nor minute stays.
  await using opened = await openPage(browser, url, { timezoneId: "Asia/Kolkata" });
  const time = opened.page.locator("main time").first();
  const utc = (await time.getAttribute("title"))!;
  assert.match(utc, /^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  const shown = Date.parse(`${(await time.innerText()).replace(" ", "T")}+05:30`);
  assert.equal(shown, Date.parse(utc.replace(" UTC", "Z").replace(" ", "T")));
}

Deno.test({
  name: "exams: from the start page to the worst miss, seen on a light table, and on to the next",
  ignore: BROWSER_MISSING,
  async fn(t): Promise<void> {
    await using service = await startEmbedded();
    await using browser = await startBrowser();
    const [score, other] = await prepare(service);
    await using opened = await openPage(browser, service.url, {
      viewport: { width: 1280, height: 900 },
    });
    const { page, complaints } = opened;
    await t.step("the worst miss is three clicks away", async () => {
      await page.locator(`a[href="/reports/${score}"]`).click();
      await page.locator("#misses ~ * a.exam").first().click();
      await page.waitForURL(/\/datasets\/sample\/exams\/phantom_\d/);
    });
    await t.step("all views are drawn from their stored values", async () => {
      const shades = (): Promise<number> => page.evaluate(SHADES);
      assert.ok(await eventually(shades, (count) => count > 20) > 20);
      const views = await page.locator(".view-name").allInnerTexts();
      assert.deepEqual(
        views.map((name) => name.slice(0, 5).replace(",", "")).sort(),
        [
          "L-CC",
          "L-MLO",
          "R-CC",
          "R-MLO",
        ].sort(),
      );
    });
    await t.step("keys change what is seen", async () => {
      await page.keyboard.press("i");
      assert.equal(await page.locator("#invert").getAttribute("aria-pressed"), "true");
      await page.keyboard.press("r");
      assert.equal(await page.locator("#invert").getAttribute("aria-pressed"), "false");
      await page.locator("#window").fill("30");
      assert.equal(await page.evaluate("mammoevalViewer.look.window"), 0.3);
      await page.locator("#true-pixels").click();
      const zoom = (): Promise<number> => page.evaluate(ZOOM);
      const isWhole = (value: number): boolean => Math.abs(value - 1) < 1e-6;
      assert.ok(isWhole(await eventually(zoom, isWhole)));
    });
    await t.step("n leads to the next exam of the list that one came from", async () => {
      const before = page.url();
      await page.locator("#invert").focus();
      await page.keyboard.press("n");
      await page.waitForURL((url) => url.href !== before);
      assert.match(await page.locator("nav.actions").innerText(), /2 of \d in the list/);
    });
    assert.deepEqual(complaints, [], "no script failed, nothing was against the policy");
    await t.step("without script there are plain pictures", async () => {
      await using plain = await openPage(browser, page.url(), { javaScriptEnabled: false });
      assert.equal(await plain.page.locator(".plain-views img").count(), 4);
      assert.equal(await plain.page.locator("#viewer").isVisible(), false);
    });
    await t.step(
      "discordant exams of a comparison have pictures and lead to their pages",
      () => checkDiscordant(browser, service.url, `/comparisons?score=${score}&score=${other}`),
    );
    await t.step("so do the cancers that a pathway would lose", async () => {
      const simulation = `/screening-simulations?score=${score}&threshold=0.8&low=0.8&high=0.9`;
      await using lost = await openPage(browser, service.url + simulation);
      await followExam(lost.page, "#lost ~ .scroll a.exam");
    });
    await t.step(
      "the report's slider moves without a request, and without script by one",
      () => checkSlider(browser, `${service.url}/reports/${score}`),
    );
    await t.step(
      "times are the reader's own, in UTC on hover",
      () => checkTimes(browser, `${service.url}/datasets/sample`),
    );
    await lookAtPages(t, browser, service.url, [
      `/comparisons?score=${score}&score=${other}`,
      `/screening-simulations?score=${score}&threshold=0.8&low=0.8&high=0.9`,
      "/datasets/sample/exams/phantom_1",
      "/datasets/sample/exams",
      `/reports/${score}`,
    ]);
  },
});
