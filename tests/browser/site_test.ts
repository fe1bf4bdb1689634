import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { BROWSER_MISSING, checkAccess, openPage, startBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { addToken } from "../support/add_token.ts";
import { type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { lookAtPages } from "./look_at_pages.ts";

/** What somebody does who never types a command: registers, evaluates, watches, reads. */

interface Site {
  readonly service: ServiceUnderTest;
  readonly browser: Browser;
}

async function fill(page: Page, entries: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(entries)) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
}

async function register(page: Page, url: string, name: string, dataList: string): Promise<void> {
  await page.goto(`${url}/datasets/new`);
  await fill(page, {
    "Name": name,
    "Folder of the images": "sample_data/images",
    "Data list": dataList,
  });
  await page.getByRole("button", { name: "Register these images" }).click();
}

async function evaluate(page: Page, parameters: string): Promise<void> {
  await page.getByRole("link", { name: "Evaluate a model on this dataset" }).click();
  await page.getByRole("checkbox", { name: "reference" }).check();
  await fill(page, { "Experiment": "by-hand", "Parameters": parameters });
  await page.getByRole("button", { name: "Start the evaluation" }).click();
}

/** From the form to the report; returns the paths of the pages that were met. */
async function walk(page: Page, url: string): Promise<string[]> {
  await register(page, url, "sample", "sample_data/data.pkl");
  await page.getByText("ready", { exact: true }).waitFor();
  await evaluate(page, "NO_SUCH=1");
  assert.match(await page.getByRole("alert").innerText(), /NO_SUCH/, "it says what is wrong");
  assert.equal(await page.getByLabel("Experiment", { exact: true }).inputValue(), "by-hand");
  await page.getByLabel("Parameters", { exact: true }).fill("");
  await page.getByRole("button", { name: "Start the evaluation" }).click();
  await page.waitForURL(/\/evaluations\/[0-9a-f-]{36}$/);
  const evaluation = new URL(page.url()).pathname;
  // Nobody reloads: the page follows by itself.
  await page.getByText("succeeded", { exact: true }).waitFor();
  assert.match(await page.getByRole("region", { name: "End of the log" }).innerText(), /\S/);
  await page.getByRole("link", { name: "Read the report" }).click();
  assert.equal(await page.locator("h1").innerText(), "reference on sample");
  await page.getByRole("link", { name: "Leaderboard of sample" }).click();
  assert.match(await page.locator("table").first().innerText(), /reference/);
  return [evaluation];
}

async function checkRefused(page: Page, url: string): Promise<string> {
  await register(page, url, "elsewhere", "/etc/passwd");
  assert.match(await page.getByRole("alert").innerText(), /MAMMOEVAL_DATA_ROOTS/);
  assert.equal(await page.getByLabel("Data list", { exact: true }).inputValue(), "/etc/passwd");
  return "/datasets/new";
}

async function checkDeletion(page: Page, url: string): Promise<void> {
  await register(page, url, "doomed", "sample_data/data.pkl");
  await page.getByText("ready", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Delete this dataset" }).click();
  await page.getByLabel("Type doomed to confirm").fill("doom");
  await page.getByRole("button", { name: "Delete this dataset" }).click();
  assert.match(await page.getByRole("alert").innerText(), /Type doomed/);
  await page.getByLabel("Type doomed to confirm").fill("doomed");
  await page.getByRole("button", { name: "Delete this dataset" }).click();
  await page.getByRole("heading", { name: "Datasets" }).waitFor();
  await page.getByLabel("Search").fill("doomed");
  await page.getByRole("button", { name: "Show" }).click();
  assert.match(await page.locator("main").innerText(), /0 datasets/);
}

async function checkRejected(page: Page, { service }: Site): Promise<string> {
  const list = [{ "L-CC": ["absent"], cancer_label: { left_malignant: 0, right_malignant: 0 } }];
  const path = join(service.dataFolder, "faulty.json");
  await Deno.writeTextFile(path, JSON.stringify(list));
  await register(page, service.url, "faulty", path);
  await page.getByText("rejected", { exact: true }).waitFor();
  assert.match(await page.getByRole("region", { name: "Table of errors" }).innerText(), /absent/);
  return new URL(page.url()).pathname;
}

async function checkWithoutScript({ service, browser }: Site): Promise<void> {
  await using opened = await openPage(browser, service.url, { javaScriptEnabled: false });
  const { page } = opened;
  await page.getByRole("link", { name: "Evaluate a model", exact: true }).first().click();
  await page.getByRole("checkbox", { name: "reference" }).check();
  await page.getByLabel("Experiment", { exact: true }).fill("without-script");
  await page.getByRole("button", { name: "Start the evaluation" }).click();
  await page.waitForURL(/\/evaluations\/[0-9a-f-]{36}$/);
  await eventually(async () => {
    await page.reload();
    return await page.getByText("succeeded", { exact: true }).count();
  }, (count) => count > 0);
  await page.getByRole("link", { name: "Read the report" }).click();
  assert.equal(await page.locator("h1").innerText(), "reference on sample");
}

/** Whoever has a token signs in with it, and may do what its role may, until they sign out. */
async function checkWithToken({ service, browser }: Site): Promise<void> {
  const { authorization } = await addToken(service, "ada", "submit");
  await using opened = await openPage(browser, `${service.url}/evaluations/new?device=cpu`);
  await opened.page.getByLabel("Token").fill("wrong");
  await opened.page.getByRole("button", { name: "Sign in" }).click();
  assert.match(await opened.page.getByRole("alert").innerText(), /copied all of it/);
  assert.deepEqual(await checkAccess(opened.page), [], "the page to sign in");
  await opened.page.getByLabel("Token").fill(authorization.split(" ")[1]!);
  await opened.page.getByRole("button", { name: "Sign in" }).click();
  await opened.page.waitForURL(/evaluations\/new\?device=cpu$/);
  const { page } = opened;
  await page.getByRole("checkbox", { name: "reference" }).check();
  await page.getByLabel("Experiment", { exact: true }).fill("with-token");
  await page.getByRole("button", { name: "Start the evaluation" }).click();
  await page.getByText("succeeded", { exact: true }).waitFor();
  assert.match(await page.locator(".byline").innerText(), /asked for by ada/);
  await register(page, service.url, "not-hers", "sample_data/data.pkl");
  assert.match(await page.locator("main").innerText(), /role/, "registering data takes an admin");
  await using stranger = await openPage(browser, "about:blank");
  const answer = await stranger.page.request.get(page.url());
  assert.equal(answer.status(), 401);
  await page.getByRole("link", { name: "Account" }).click();
  assert.match(await page.locator("main").innerText(), /ada/);
  assert.deepEqual(await checkAccess(page), [], "the page of the account");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  await page.goto(`${service.url}/evaluations/new`);
  await page.getByLabel("Token").waitFor();
}

Deno.test({
  name: "the site by hand: register, evaluate, watch, read, without a command",
  ignore: BROWSER_MISSING,
  async fn(t): Promise<void> {
    await using service = await startEmbedded();
    await using browser = await startBrowser();
    const site = { service, browser };
    await using opened = await openPage(browser, service.url);
    const { page, complaints } = opened;
    const paths = ["/", "/evaluations/new", "/datasets/new"];
    paths.push("/evaluations?search=by-hand", "/scores", "/datasets", "/datasets/sample/delete");
    await t.step("from the form to the report and the leaderboard", async () => {
      paths.push("/datasets/sample", ...await walk(page, service.url));
    });
    await t.step("a refused form says why and keeps what was filled in", async () => {
      await checkRefused(page, service.url);
    });
    await t.step("data that are to be deleted are named, and their name is typed", async () => {
      await checkDeletion(page, service.url);
    });
    await t.step("a rejected dataset names its faults", async () => {
      paths.push(await checkRejected(page, site));
    });
    // A refused form is answered with 4xx, which the console notes.
    const unexpected = complaints.filter((text) => !/status of 4\d\d/.test(text));
    assert.deepEqual(unexpected, [], "no script failed, nothing was against the policy");
    await t.step("without script it works too", () => checkWithoutScript(site));
    await lookAtPages(t, browser, service.url, paths);
    await t.step("signed in with a token it works too", () => checkWithToken(site));
  },
});
