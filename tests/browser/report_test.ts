import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { fairScore, makeList, makePredictions, putDataset } from "../support/scoring/world.ts";
import { volumeLayout } from "../../shared/volume/mod.ts";
import { BROWSER_MISSING, checkAccess, openPage, startBrowser } from "../support/browser.ts";
import { type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { WAYS } from "./look_at_pages.ts";

/** Enough for every part of the report, with a group that is too small and a name that is too long. */
const EXAMS = 60;
const LONG_NAME = "a_model_whose_name_has_no_space_and_goes_on_and_on_until_64_char";

interface Scored {
  readonly service: ServiceUnderTest;
  readonly browser: Browser;
  readonly id: string;
  /** The report as one file on disk. */
  readonly file: string;
}

async function score(service: ServiceUnderTest): Promise<{ id: string; file: string }> {
  const list = makeList(EXAMS).map((exam, index) => ({
    ...exam,
    vendor: index % 20 === 0 ? "a_vendor_whose_name_has_no_space_and_goes_on_and_on_and_on" : "B",
  }));
  const form = new FormData();
  form.set("data_list", new File([JSON.stringify(list)], "data.json"));
  form.set("predictions", new File([makePredictions(EXAMS, fairScore)], "predictions.csv"));
  form.set("bootstrap", '{"replicates":400}');
  form.set("model", "autumn_model");
  const response = await fetch(`${service.url}/v1/scores`, { method: "POST", body: form });
  const { id } = await response.json();
  await fillLeaderboard(service);
  return { id, file: join(service.home!, "scores", id, "report.html") };
}

/** Two models on a registered dataset, one of them with a name that is too long. */
async function fillLeaderboard({ url, home }: ServiceUnderTest): Promise<void> {
  await putDataset(volumeLayout(home!), "autumn", makeList(EXAMS));
  for (const [model, noise] of [["autumn_model", 0], [LONG_NAME, 60]] as const) {
    const form = new FormData();
    const csv = makePredictions(
      EXAMS,
      (exam, side) => fairScore(exam, side) + (exam * 13 % 30) / 30 * noise,
    );
    form.set("dataset", "autumn");
    form.set("model", model);
    form.set("predictions", new File([csv], "predictions.csv"));
    form.set("bootstrap", '{"replicates":400}');
    const response = await fetch(`${url}/v1/scores`, { method: "POST", body: form });
    assert.equal(response.status, 201, await response.text());
  }
}

async function checkPages(t: Deno.TestContext, { service, browser, id }: Scored): Promise<void> {
  for (const path of ["/", `/reports/${id}`, "/leaderboards/autumn", "/reports/nothing"]) {
    for (const { name, ...options } of WAYS) {
      await t.step(`${path.replace(id, "{id}")}, ${name}: axe finds nothing`, async () => {
        await using opened = await openPage(browser, service.url + path, options);
        assert.deepEqual(await checkAccess(opened.page), []);
        const width = await opened.page.evaluate("document.documentElement.scrollWidth");
        assert.equal(width, options.viewport.width, "nothing sticks out at the side");
        const expected = path === "/reports/nothing" ? [/404/] : [];
        assert.equal(opened.complaints.length, expected.length, opened.complaints.join("\n"));
        const own = opened.requests.filter((request) => request !== `${service.url}/live.js`);
        assert.deepEqual([...new Set(own)], [service.url + path], "nothing else is asked for");
      });
    }
  }
}

async function checkWithoutScript({ service, browser, id }: Scored): Promise<void> {
  const url = `${service.url}/reports/${id}`;
  await using scripted = await openPage(browser, url);
  await using plain = await openPage(browser, url, { javaScriptEnabled: false });
  const text = await plain.page.locator("body").innerText();
  const withButton = await scripted.page.locator("body").innerText();
  assert.equal(text, withButton.replace(" PDF: print this page", ""), "only the button needs it");
  assert.match(text, /autumn_model on an uploaded data list/);
  const charts = plain.page.getByRole("img");
  assert.ok(await charts.count() >= 5);
  for (const chart of await charts.all()) {
    const box = await chart.boundingBox();
    assert.ok(box !== null && box.width > 200 && box.height > 100, "a chart can be seen");
  }
  await plain.page.goto(service.url);
  await plain.page.getByRole("link", { name: "Leaderboard of autumn" }).click();
  assert.equal(plain.page.url(), `${service.url}/leaderboards/autumn`);
  await plain.page.getByRole("link", { name: "autumn_model" }).first().click();
  assert.equal(await plain.page.locator("h1").innerText(), "autumn_model on autumn");
}

async function checkFile({ browser, file }: Scored): Promise<void> {
  const url = pathToFileURL(file).href;
  await using opened = await openPage(browser, url, { offline: true });
  assert.deepEqual(opened.complaints, []);
  assert.deepEqual(opened.requests, [url]);
  assert.match(await opened.page.locator("h1").innerText(), /autumn_model/);
  const colour = await opened.page.evaluate("getComputedStyle(document.querySelector('h2')).color");
  assert.equal(colour, "rgb(27, 31, 36)", "its own style is applied");
}

async function checkDark({ service, browser, id }: Scored): Promise<void> {
  const url = `${service.url}/reports/${id}`;
  await using dark = await openPage(browser, url, { colorScheme: "dark" });
  const colours = await dark.page.evaluate(`[
    getComputedStyle(document.body).backgroundColor,
    getComputedStyle(document.querySelector(".chart svg rect")).fill,
    getComputedStyle(document.querySelector(".chart svg text")).fill,
  ]`) as string[];
  const light = (colour: string): number => Number(/\d+/.exec(colour)![0]);
  assert.ok(light(colours[0]!) < 60 && light(colours[1]!) < 60, "paper is dark");
  assert.ok(light(colours[2]!) > 180, "text of charts is light");
}

async function checkKeyboard({ service, browser, id }: Scored): Promise<void> {
  const viewport = { width: 360, height: 740 };
  await using opened = await openPage(browser, `${service.url}/reports/${id}`, { viewport });
  const { page } = opened;
  const focused = async (): Promise<string> =>
    String(
      await page.evaluate(
        "document.activeElement.textContent.trim() || document.activeElement.tagName",
      ),
    );
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "This report as JSON", "the site's links are skipped");
  const table = page.getByRole("region", { name: "Metrics by breast" });
  await table.focus();
  const scrolled = async (): Promise<number> =>
    Number(await page.evaluate("document.activeElement.scrollLeft"));
  assert.equal(await scrolled(), 0);
  // Scrolling is smooth: it begins some frames after the key.
  for (let press = 0; press < 50 && await scrolled() === 0; press++) {
    await page.keyboard.press("ArrowRight");
  }
  assert.ok(await scrolled() > 0, "a table that is too wide scrolls");
}

/** Page objects of a PDF, and how wide and high they are in points. */
function pagesOf(pdf: Uint8Array): { count: number; sizes: Set<string> } {
  const text = new TextDecoder("latin1").decode(pdf);
  const boxes = [...text.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)];
  return {
    count: [...text.matchAll(/\/Type\s*\/Page\b/g)].length,
    sizes: new Set(boxes.map(([, x, y]) => `${Math.round(Number(x))}x${Math.round(Number(y))}`)),
  };
}

/** What the margins leave of an A4 sheet, in CSS pixels: 182 x 265 mm. */
const SHEET = { width: 688, height: 1001 };

async function checkPrint({ service, browser, id }: Scored): Promise<void> {
  // Who prints from a dark screen gets light paper all the same.
  const dark = { colorScheme: "dark" } as const;
  await using opened = await openPage(browser, `${service.url}/reports/${id}`, dark);
  const pdf = await opened.page.pdf({ preferCSSPageSize: true, printBackground: true });
  const { count, sizes } = pagesOf(pdf);
  assert.ok(count >= 5 && count <= 14, `${count} pages`);
  assert.deepEqual([...sizes], ["595x842"], "A4");
  await opened.page.setViewportSize({ width: SHEET.width, height: SHEET.height });
  await opened.page.emulateMedia({ media: "print", colorScheme: "dark" });
  const summary = await opened.page.locator(".summary").boundingBox();
  assert.ok(summary!.height <= SHEET.height, `the summary is ${summary!.height} pixels high`);
  const colours = await opened.page.evaluate(`[
    getComputedStyle(document.body).backgroundColor,
    getComputedStyle(document.querySelector("header.site")).display,
  ]`);
  assert.deepEqual(colours, ["rgb(255, 255, 255)", "none"]);
}

Deno.test({
  name: "the pages in a real browser",
  ignore: BROWSER_MISSING,
  async fn(t): Promise<void> {
    await using service = await startEmbedded();
    await using browser = await startBrowser();
    const scored = { service, browser, ...await score(service) };
    await checkPages(t, scored);
    await t.step("with and without script a report is the same", () => checkWithoutScript(scored));
    await t.step("a report as a file needs nothing else", () => checkFile(scored));
    await t.step("in the dark, paper and charts are dark", () => checkDark(scored));
    await t.step("everything is reached by keyboard", () => checkKeyboard(scored));
    await t.step(
      "a report prints on A4, light and without what is for screens",
      () => checkPrint(scored),
    );
  },
});
