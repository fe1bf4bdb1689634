import assert from "node:assert/strict";

/** What a browser sends with a form of ours. */
const BROWSER = { accept: "text/html", "sec-fetch-site": "same-origin" };

/** Pages that are there once something was registered and scored. */
const PAGES = [
  ..."/ /models /models/reference /usage /images /reader-studies /datasets/sample".split(" "),
  ..."/leaderboards/sample /comparisons/new".split(" "),
  ..."/datasets/new /evaluations/new /scores/new /reader-studies/new".split(" "),
];

/**
 * The site's pages, the same whether the services are in one process or behind a proxy.
 *
 * @param t the test that this is a part of
 * @param url of the gateway
 */
export async function pageSteps(t: Deno.TestContext, url: string): Promise<void> {
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(url + path, { headers: BROWSER });
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers.get("content-type")!, /^text\/html/);
    return await answer.text();
  };
  const send = (path: string, form: FormData): Promise<Response> =>
    fetch(url + path, { method: "POST", headers: BROWSER, body: form, redirect: "manual" });

  await t.step("every page is there, and leads to the others", async () => {
    for (const path of PAGES) {
      const html = await get(path);
      assert.match(html, /<a href="\/reader-studies">/, path);
      assert.match(html, /<h1>/, path);
    }
  });

  await t.step("forms pass files on, and show what came of them", async () => {
    const results = await Deno.readFile(
      new URL("../golden/reader_study/study.csv", import.meta.url),
    );
    const study = new FormData();
    study.set("results", new File([results], "study.csv"));
    study.set("name", "");
    const taken = await send("/reader-studies", study);
    assert.equal(taken.status, 303, await taken.text());
    assert.match(await get(taken.headers.get("location")!), /<h1>Reader study<\/h1>/);
    const data = new FormData();
    data.set("name", "by-form");
    data.set("data_list", new File([results], "data.csv"));
    data.set("images", new File(["no image"], "image.txt"));
    const refused = await send("/datasets/upload", data);
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /is not a \.zip, \.tar, \.tar\.gz or \.png/);
  });
}
