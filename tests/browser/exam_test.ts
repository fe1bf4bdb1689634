import assert from "node:assert/strict";
import { join } from "node:path";
import { BROWSER_MISSING, openPage, startBrowser } from "../support/browser.ts";
import { PROJECT, type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { eventually } from "../support/eventually.ts";
import { lookAtPages } from "./look_at_pages.ts";

/** The sample data, with a score of predictions that were made elsewhere; returns the score's id. */
async function prepare({ url }: ServiceUnderTest): Promise<string> {
  const registered = await fetch(`${url}/v1/datasets`, {
    method: "POST",
    headers: { "content-type": "application/json", prefer: "wait=120" },
    body: JSON.stringify({
      name: "sample",
      images: join(PROJECT, "sample_data/images"),
      data_list: join(PROJECT, "sample_data/data.pkl"),
    }),
  });
  assert.equal(registered.status, 201, await registered.text());
  const form = new FormData();
  // The cancers are in the last exams, which score lowest.
  const rows = [0, 1, 2, 3].flatMap((exam) =>
    ["L_CC", "R_CC", "L_MLO", "R_MLO"].map((view) => `${exam}_${view},${0.9 - 0.2 * exam}`)
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

Deno.test({
  name: "exams: from the start page to the worst miss, seen on a light table, and on to the next",
  ignore: BROWSER_MISSING,
  async fn(t): Promise<void> {
    await using service = await startEmbedded();
    await using browser = await startBrowser();
    const score = await prepare(service);
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
    await lookAtPages(t, browser, service.url, [
      "/datasets/sample/exams/phantom_1",
      "/datasets/sample/exams",
      `/reports/${score}`,
    ]);
  },
});
