import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { FILE_POLICY, PAGE_HEADERS, REPORT_LOOK } from "./report_look.ts";
import { writeProblemPage } from "../../../../shared/pages/mod.ts";
import { writeReportPage } from "./report_page.tsx";
import {
  BARE_CURVES,
  BARE_REPORT,
  FULL_CURVES,
  FULL_REPORT,
  HOSTILE,
} from "../../../../tests/support/scoring/report.ts";
import { unbalanced } from "../../../../tests/support/scoring/markup.ts";

const page = writeReportPage({ report: FULL_REPORT, curves: FULL_CURVES, site: true });
const file = writeReportPage({ report: FULL_REPORT, curves: FULL_CURVES, site: false });
const bare = writeReportPage({ report: BARE_REPORT, curves: BARE_CURVES, site: false });
const problem = writeProblemPage(REPORT_LOOK, {
  ...{ title: "Not here", detail: HOSTILE, request_id: "r1" },
  errors: [{ message: HOSTILE }, { message: HOSTILE }],
});
const PAGES = { page, file, bare, problem };

for (const [name, html] of Object.entries(PAGES)) {
  Deno.test(`well-formed, without script and without anything from elsewhere: ${name}`, () => {
    assert.match(html, /^<!doctype html>\n<html lang="en">/);
    assert.deepEqual(unbalanced(html.replace("<!doctype html>", "")), []);
    // Pictures of exams come from this service only, and appear only on its pages.
    const pictures = /<img src="\/datasets\/[^"]+" alt="" width="96" height="96" loading="lazy">/g;
    const site = /<script src="\/live\.js" defer(?:="")?><\/script>/;
    const rest = name === "page" ? html.replaceAll(pictures, "").replace(site, "") : html;
    assert.doesNotMatch(rest, /<script|<img|<link|<iframe| on[a-z]+="| style="|javascript:/);
    assert.doesNotMatch(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', ""), /"https?:/);
    assert.doesNotMatch(html, /NaN|Infinity|\[object|>undefined<\/small>|null</);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    assert.equal(new Set(ids).size, ids.length, "ids are unique");
    for (const [, target] of html.matchAll(/(?:href="#|labelledby=")([^"]+)"/g)) {
      assert.ok(ids.includes(target), `#${target} is in the page`);
    }
  });
}

Deno.test("the policy allows the page's own style, and on the site its own script and pictures", () => {
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!;
  const hash = createHash("sha256").update(style).digest("base64");
  for (const policy of [FILE_POLICY, PAGE_HEADERS["content-security-policy"]!]) {
    assert.match(policy, /^default-src 'none'; /);
    assert.ok(policy.includes(`style-src 'sha256-${hash}'`));
    assert.doesNotMatch(policy, /unsafe|\*/);
  }
  assert.doesNotMatch(FILE_POLICY, /script-src/);
  assert.match(PAGE_HEADERS["content-security-policy"]!, /script-src 'self';/);
  assert.ok(file.includes("http-equiv"), "a file carries its policy with it");
});

Deno.test("names and messages never become markup", () => {
  const escaped = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;&lt;/script&gt;";
  assert.ok(page.split(escaped).length > 5);
  assert.ok(problem.includes(escaped));
});

Deno.test("what a reader needs is there, with both intervals", () => {
  assert.match(page, /<h1>nyu_gmic on autumn<\/h1>/);
  assert.match(page, /in 87 of 100 pairs \(95\u00a0% interval: 50 to 100\)/);
  const row = (name: string): string =>
    page.split(new RegExp(`<th scope="row">(?:<[^>]+>)*${name}`))[1]!.split("</tr>")[0]!;
  assert.match(row("AUROC"), /0\.867[\s\S]*0\.500–1\.000[\s\S]*0\.510–0\.980/);
  assert.match(row("AUROC, DeLong"), /0\.590–0\.980[\s\S]*0\.600–0\.970/);
  assert.match(
    row("Sensitivity"),
    /90\.0\u00a0%[\s\S]*9 of 10[\s\S]*78\.0–97\.0[\s\S]*80\.0–95\.0/,
  );
  assert.match(row("Cancers found"), /5\.6[\s\S]*4\.0–7\.4/);
  assert.match(page, /threshold 0\.1235/);
  assert.match(page, /No threshold reaches it/);
  assert.match(row("Intercept"), /−1\.20[\s\S]*−1\.42 to −0\.98/);
  assert.match(row("e2"), /right[\s\S]*0\.9877[\s\S]*1 of 12/);
  assert.match(row("Time to run"), /1 h 30 min/);
  assert.match(row("something_new"), /a=1/);
  assert.match(page, /without a value/);
  assert.match(page, /And 44 more warnings/);
  assert.doesNotMatch(page, /said elsewhere/);
});

Deno.test("every chart is in the page, named for who cannot see it", () => {
  const names = [...page.matchAll(/<svg[^>]*role="img"[^>]*><title>([^<]*)</g)].map((m) => m[1]!);
  const charts = ["ROC curve", "Precision–recall curve", "Scores by class", "Calibration"];
  const expected = ["breast", "image"].flatMap((of) =>
    charts.map((name) => `${name}, ${of} level`)
  );
  for (const name of expected) assert.ok(names.includes(name), name);
  assert.equal(names.length, expected.length + 3, "one forest plot, and two in the summary");
});

Deno.test("a file that stands alone has no link that would lead nowhere", () => {
  assert.doesNotMatch(file, /href="\//);
  assert.match(page, /href="\/leaderboards\/autumn"/);
  assert.match(page, new RegExp(`href="/v1/scores/${FULL_REPORT.id}/report.html"`));
});

Deno.test("one class, no intervals, no names: the page says so", () => {
  assert.match(bare, /<h1>Uploaded predictions on an uploaded data list<\/h1>/);
  assert.match(bare, /The AUROC is not defined here/);
  assert.match(bare, /There are no positives/);
  assert.match(bare, /only 0 positives/);
  assert.doesNotMatch(bare, /id="subgroups"|id="misses"|id="image-level"/);
});

Deno.test("more groups than fit on a page are drawn in several plots on one axis", () => {
  const [subgroups] = FULL_REPORT.subgroups;
  const groups = Array.from({ length: 45 }, (_, at) => ({
    ...subgroups!.groups[0]!,
    group: `group ${at}`,
  }));
  const report = { ...FULL_REPORT, subgroups: [{ ...subgroups!, key: "site", groups }] };
  const html = writeReportPage({ report, curves: FULL_CURVES, site: false });
  const plots = html.split("<svg").map((rest) => rest.split("</svg>")[0]!)
    .filter((svg) => svg.includes("<title>AUROC by site"));
  assert.deepEqual(plots.map((svg) => svg.match(/>group \d+</g)!.length), [20, 20, 5]);
  assert.match(html, /AUROC by site, continued/);
});

Deno.test("a group with too few cancers is neither drawn nor given an interval", () => {
  const [subgroups] = FULL_REPORT.subgroups;
  const [first] = subgroups!.groups;
  const small = structuredClone(first!);
  const reason = "Too small for reliable numbers: 4 positives, fewer than 10";
  for (const level of Object.values(small.levels)) {
    Object.assign(level!, { too_small: reason });
    Object.assign(level!.auroc, { value: 0.987, ci_by_exam: [0.981, 0.993] });
  }
  const groups = [{ ...small, group: "tiny" }];
  const report = { ...FULL_REPORT, subgroups: [{ ...subgroups!, key: "site", groups }] };
  const html = writeReportPage({ report, curves: FULL_CURVES, site: false });
  const part = html.slice(html.indexOf('id="subgroups"'), html.indexOf('id="misses"'));
  assert.match(part, /too few to tell/);
  assert.match(part, /\(0\.987\)/);
  assert.match(part, /4 positives/);
  assert.doesNotMatch(part, /0\.981|0\.993/);
});

Deno.test("settings and identifiers are in the record at the end, not among the results", () => {
  const record = page.indexOf('id="record"');
  assert.ok(record > page.indexOf('id="words"'));
  for (const name of ["Time to run", "Limits of the run", "Score report</th>", "Evaluation</th>"]) {
    assert.ok(page.lastIndexOf(name) === -1 || page.indexOf(name) > record, name);
  }
});
