import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { BROWSER_MISSING, checkAccess, openPage, startBrowser } from "../support/browser.ts";
import { PROJECT, type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { registerSample } from "../support/evaluations.ts";
import { lookAtPages } from "./look_at_pages.ts";

/** What somebody does by hand with models, files of their own, several scores and reader studies. */

const STUDY = join(PROJECT, "tests/golden/reader_study/study.csv");
const SAMPLE = join(PROJECT, "sample_data");

interface Site {
  readonly service: ServiceUnderTest;
  readonly browser: Browser;
  readonly page: Page;
  /** Pages that were met, to be looked at. */
  readonly met: Set<string>;
}

function pathOf(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}

/** Before there is anything: every list says so, and says what to do. */
async function checkEmpty({ service, browser }: Site): Promise<void> {
  for (
    const [path, said] of [
      ["/", "Register your data"],
      ["/evaluations/new", "No dataset is ready"],
      ["/comparisons/new", "does not have two scores yet"],
      ["/reader-studies", "No reader studies yet"],
      ["/usage", "No evaluations yet"],
      ["/images", "No image has been built yet"],
      ["/models/reference", "This model has not been checked yet"],
    ] as const
  ) {
    await using opened = await openPage(browser, service.url + path);
    await opened.page.getByText(said).first().waitFor();
    assert.deepEqual(await checkAccess(opened.page), [], path);
  }
}

async function checkModel({ service, page, met }: Site): Promise<void> {
  await page.goto(service.url);
  await page.getByRole("link", { name: "Models", exact: true }).click();
  met.add(pathOf(page));
  await page.getByRole("link", { name: "reference", exact: true }).click();
  met.add(pathOf(page));
  await page.getByLabel("Check on").selectOption("sample");
  await page.getByRole("button", { name: "Check the model" }).click();
  assert.deepEqual(await checkAccess(page), [], "while it goes on");
  // Nobody reloads: the page follows by itself.
  await page.getByText("passed", { exact: true }).first().waitFor();
  await page.getByText("The second run gave the same predictions").waitFor();
  await page.getByRole("button", { name: "Build the image" }).click();
  await page.locator("#build-state").getByText("passed", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Evaluate this model" }).click();
  assert.ok(await page.getByRole("checkbox", { name: "reference" }).isChecked());
}

async function sendDataset({ service, page, met }: Site): Promise<void> {
  const images: string[] = [];
  for await (const { name } of Deno.readDir(join(SAMPLE, "images"))) {
    if (name.endsWith(".png")) images.push(join(SAMPLE, "images", name));
  }
  await page.goto(`${service.url}/datasets/new`);
  await page.getByLabel("Name of the new dataset").fill("sent");
  await page.getByLabel("Data list file").setInputFiles(join(SAMPLE, "data.pkl"));
  await page.getByLabel("Archive of the images, or the images").setInputFiles(images);
  await page.getByRole("button", { name: "Upload these images" }).click();
  await page.getByText("ready", { exact: true }).waitFor();
  met.add(pathOf(page));
  await page.goto(`${service.url}/datasets/new`);
  await page.getByLabel("Name of the new dataset").fill("wrong");
  await page.getByLabel("Data list file").setInputFiles(join(SAMPLE, "data.pkl"));
  await page.getByLabel("Archive of the images, or the images").setInputFiles(STUDY);
  await page.getByRole("button", { name: "Upload these images" }).click();
  assert.match(await page.getByRole("alert").innerText(), /is not a .zip, .tar, .tar.gz or .png/);
}

async function score({ service, page }: Site, model: string, rows: string): Promise<void> {
  const path = join(service.dataFolder, `${model}.csv`);
  await Deno.writeTextFile(path, `left_malignant,right_malignant\n${rows}\n`);
  await page.goto(`${service.url}/scores/new`);
  await page.getByLabel("Predictions").setInputFiles(path);
  await page.getByLabel("Truth").selectOption("sample");
  await page.getByLabel("Model").fill(model);
  await page.getByRole("button", { name: "Score these predictions" }).click();
}

async function compare(site: Site): Promise<void> {
  const { page, met } = site;
  await score(site, "refused", "0.1,nothing");
  assert.match(await page.getByRole("alert").innerText(), /nothing/);
  assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), "alert");
  assert.deepEqual(await checkAccess(page), [], "a form that was not taken");
  for (
    const [model, rows] of [["one", "0.1,0.2\n0.9,0.3\n0.4,0.8\n0.2,0.1"], [
      "other",
      "0.3,0.2\n0.1,0.9\n0.5,0.4\n0.6,0.7",
    ]] as const
  ) {
    await score(site, model, rows);
    assert.equal(await page.locator("h1").innerText(), `${model} on sample`);
  }
  await page.getByRole("link", { name: "Compare with others" }).click();
  assert.ok(await page.getByRole("checkbox", { name: /^other/ }).isChecked());
  met.add("/comparisons/new");
  await page.getByRole("button", { name: "Compare these scores" }).click();
  assert.match(await page.getByRole("alert").innerText(), /at least two/);
  assert.ok(await page.getByRole("checkbox", { name: /^other/ }).isChecked(), "it stays ticked");
  assert.deepEqual(await checkAccess(page), [], "with one score ticked");
  await page.getByRole("checkbox", { name: /^one/ }).check();
  await page.getByRole("button", { name: "Compare these scores" }).click();
  assert.match(
    await page.locator("h1").innerText(),
    /other and one, compared|one and other, compared/,
  );
  met.add(pathOf(page));
  await page.goBack();
  await page.getByLabel("Name of the ensemble").fill("both");
  await page.getByRole("button", { name: "Create an ensemble" }).click();
  assert.equal(await page.locator("h1").innerText(), "both on sample");
  met.add("/scores/new");
}

async function study({ page, met }: Site): Promise<void> {
  await page.getByRole("link", { name: "Reader studies", exact: true }).click();
  await page.getByRole("link", { name: "Score a reader study" }).click();
  met.add(pathOf(page));
  await page.getByLabel("Results").setInputFiles(STUDY);
  await page.getByLabel("Name of the study").fill("Golden readers");
  await page.getByRole("button", { name: "Score this study" }).click();
  assert.equal(await page.locator("h1").innerText(), "Golden readers");
  met.add(pathOf(page));
  const chart = await page.getByRole("img", { name: "Reader study: ROC curves" }).boundingBox();
  assert.ok(chart !== null && chart.width > 300, "the chart can be seen");
  assert.match(
    await page.getByRole("region", { name: /^Models against the mean/ }).innerText(),
    /model_a/,
  );
  await page.getByRole("link", { name: "All reader studies" }).click();
  met.add(pathOf(page));
  await page.getByRole("link", { name: "Golden readers" }).click();
}

/** Whatever curl is shown, somebody who clicks finds as well: at most three clicks from the start. */
async function checkReach({ service }: Site): Promise<void> {
  const seen = new Set(["/"]);
  let near = ["/"];
  for (let clicks = 0; clicks < 3; clicks++) {
    const found: string[] = [];
    for (const path of near.filter((path) => !path.startsWith("/v1/"))) {
      const answer = await fetch(service.url + path, { headers: { accept: "text/html" } });
      assert.ok(answer.ok, `${path} answers ${answer.status}`);
      for (const [, href] of (await answer.text()).matchAll(/ href="(\/[^"#]*)/g)) {
        found.push(href!.replaceAll("&amp;", "&"));
      }
    }
    near = [...new Set(found)].filter((path) => !seen.has(path));
    for (const path of near) seen.add(path);
  }
  const reached = [...seen].map((path) => path.replaceAll(/[0-9a-f-]{36}/g, "{id}"));
  const wanted =
    "/docs /evaluations /scores /datasets /datasets/sample/delete /usage /images /models /models/reference /models/nyu_gmic /datasets/new " +
    "/datasets/sample /v1/datasets/sample/exams /evaluations/new /evaluations/{id} " +
    "/v1/evaluations/{id} /v1/evaluations/{id}/log /v1/evaluations/{id}/predictions.csv /scores/new " +
    "/reports/{id} /v1/scores/{id} /v1/scores/{id}/breast/roc.png /v1/scores/{id}/report.html " +
    "/leaderboards/sample /v1/leaderboards/sample.csv /comparisons/new /reader-studies " +
    "/reader-studies/new /reader-studies/{id} /v1/reader-studies/{id}/roc.png";
  assert.deepEqual(wanted.split(" ").filter((path) => !reached.includes(path)), []);
}

/** From the skip link through a form by Tab alone, each stop to be seen. */
async function checkKeyboard({ service, browser }: Site): Promise<void> {
  await using opened = await openPage(browser, `${service.url}/evaluations/new`);
  const { page } = opened;
  const stop = async (): Promise<string> => {
    await page.keyboard.press("Tab");
    const [name, outline] = await page.evaluate(`[
      document.activeElement.id || document.activeElement.name || document.activeElement.textContent.trim(),
      getComputedStyle(document.activeElement).outlineStyle,
    ]`) as [string, string];
    assert.notEqual(outline, "none", `${name} shows that it has the focus`);
    return name;
  };
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate("document.activeElement.textContent"), "Skip to the content");
  await page.keyboard.press("Enter");
  const stops: string[] = [];
  while (stops.at(-1) !== "Start the evaluation" && stops.length < 40) stops.push(await stop());
  assert.deepEqual([...new Set(stops)], [
    ..."model dataset experiment device parameters".split(" "),
    "What is measured",
    "How it runs",
    "Start the evaluation",
  ]);
  await page.locator("summary", { hasText: "What is measured" }).focus();
  await page.keyboard.press("Enter");
  assert.equal(await stop(), "exams", "what was folded away opens by keyboard");
  await page.getByLabel("Seed").fill("many");
  await page.getByRole("button", { name: "Start the evaluation" }).click();
  const seed = page.getByLabel("Seed");
  assert.equal(await seed.inputValue(), "many", "what is wrong is unfolded, as it was");
  assert.equal(await seed.getAttribute("aria-invalid"), "true");
  const described = (await seed.getAttribute("aria-describedby"))!.split(" ");
  assert.deepEqual(described, ["seed-hint", "seed-fault"]);
  assert.ok(await page.locator("#seed-fault").isVisible());
  assert.deepEqual(await checkAccess(page), [], "with faults beside fields");
}

Deno.test({
  name: "models, files of one's own, comparisons and reader studies by hand",
  ignore: BROWSER_MISSING,
  async fn(t): Promise<void> {
    await using service = await startEmbedded();
    await using browser = await startBrowser();
    await using opened = await openPage(browser, service.url);
    const site: Site = {
      service,
      browser,
      page: opened.page,
      met: new Set(["/", "/usage", "/images"]),
    };
    await t.step("what is empty says so", () => checkEmpty(site));
    await registerSample(service.url);
    await t.step("a model is checked and built", () => checkModel(site));
    await t.step("images are sent", () => sendDataset(site));
    await t.step(
      "predictions made elsewhere are scored, compared, put together",
      () => compare(site),
    );
    await t.step("a reader study is scored and read", () => study(site));
    await t.step("everything is at most three clicks away", () => checkReach(site));
    await t.step(
      "a form is filled in by keyboard, and says what is wrong at its place",
      () => checkKeyboard(site),
    );
    await lookAtPages(t, browser, service.url, [...site.met]);
  },
});
