import assert from "node:assert/strict";
import type { Leaderboard, LeaderboardEntry } from "../../../../shared/contracts/leaderboards.ts";
import { FOREST_ROWS_MAX } from "../../../../shared/limits.ts";
import { writeLeaderboardPage } from "./leaderboard_page.tsx";
import { FULL_REPORT, HOSTILE } from "../../../../tests/support/scoring/report.ts";

const { breast } = FULL_REPORT.levels;
const NOTHING = { value: null, ci: null, ci_by_exam: null, undefined: "There are no positives" };

const FIRST: LeaderboardEntry = {
  model: "nyu_gmic",
  model_version: "sha256:0123456789abcdef0123456789abcdef",
  parameters: { MODEL_INDEX: "ensemble" },
  experiment: "exp1",
  score: "0193f1f0-0000-7000-8000-000000000001",
  evaluation: null,
  scores: 3,
  superseded: ["0193f1f0-0000-7000-8000-000000000002", "0193f1f0-0000-7000-8000-000000000003"],
  evaluations: 1,
  quota_left_at_most: 2,
  levels: { breast: { ...breast, rank: 1, against_best: null } },
  warnings_total: 1,
  provenance: {},
  created_at: FULL_REPORT.created_at,
  origin: "evaluated",
};

const SECOND: LeaderboardEntry = {
  ...FIRST,
  model: HOSTILE,
  model_version: null,
  parameters: {},
  superseded: [],
  quota_left_at_most: null,
  levels: {
    breast: {
      ...breast,
      rank: 2,
      against_best: {
        difference: { value: -0.0456, undefined: null },
        ci: [-0.1, 0.009],
        z: -1.6,
        p: 0.0002,
        p_holm: 0.0004,
        undefined: null,
      },
    },
    image: { ...breast, rank: 1, against_best: null },
  },
};

const UNRANKED: LeaderboardEntry = {
  ...FIRST,
  model: "of_one_class",
  levels: {
    breast: {
      ...breast,
      auroc: { ...NOTHING, ci_delong: null, ci_delong_by_exam: null },
      rank: null,
      against_best: null,
    },
  },
};

function boardOf(entries: LeaderboardEntry[]): Leaderboard {
  return {
    dataset: "autumn",
    dataset_digest: `sha256:${"1".repeat(64)}`,
    entries,
    excluded: [{ score: FIRST.score, model: "old", reason: "The dataset was registered again" }],
    note: null,
    created_at: FULL_REPORT.created_at,
  };
}

function rowsOf(html: string): string[] {
  return html.split("<tbody>")[1]!.split("</tbody>")[0]!.split("<tr>").slice(1);
}

Deno.test("models by rank, with both intervals, the test against the best and what is left", () => {
  const html = writeLeaderboardPage(boardOf([UNRANKED, SECOND, FIRST]));
  assert.match(html, /<h1>Leaderboard of autumn<\/h1>/);
  assert.match(
    html,
    /3 models on 21 exams with 40 breasts, 12 of them malignant\. Highest AUROC: nyu/,
  );
  const [first, second, unranked] = rowsOf(html);
  assert.match(first!, /href="\/reports\/0193f1f0-0000-7000-8000-000000000001">nyu_gmic</);
  assert.match(first!, /MODEL_INDEX=ensemble[\s\S]*version 0123456789ab…[\s\S]*2 earlier scores/);
  assert.match(first!, /0\.867<small>0\.500–1\.000<\/small><small>0\.510–0\.980<\/small>/);
  assert.match(first!, /the best/);
  assert.match(second!, /−0\.046<small>−0\.100 to \+0\.009<\/small>[\s\S]*&lt; 0\.001/);
  assert.match(unranked!, /^<td class="number">—<\/td>[\s\S]*undefined/);
  assert.match(html, /id="image-board"/);
  assert.match(html, /href="\/v1\/leaderboards\/autumn\.csv"/);
  assert.match(html, /Left out[\s\S]*registered again/);
  assert.ok(!html.includes(HOSTILE) && html.includes("&lt;img src=x"));
});

Deno.test("a plot has no more rows than a page has room for, the table has all", () => {
  const many = Array.from({ length: FOREST_ROWS_MAX + 5 }, (_, at) => ({
    ...FIRST,
    model: `model_${at}`,
    levels: { breast: { ...breast, rank: at + 1, against_best: null } },
  }));
  const html = writeLeaderboardPage(boardOf(many));
  assert.equal(rowsOf(html).length, FOREST_ROWS_MAX + 5);
  assert.match(html, /The first 20 of 25/);
});

Deno.test("uploaded predictions have a section of their own, an ensemble says that it is one", () => {
  const html = writeLeaderboardPage(boardOf([
    { ...FIRST, model: "ran_here" },
    { ...SECOND, model: "joined", origin: "ensemble" },
    { ...FIRST, model: "sent_in", origin: "uploaded" },
  ]));
  assert.match(html, /2 models on 21 exams[\s\S]*Highest AUROC: ran_here/);
  const [here, sent] = html.split('<h2 id="uploaded-breast-board">');
  assert.match(here!, /joined<\/a>[\s\S]*<small>ensemble<\/small>/);
  assert.doesNotMatch(here!, /sent_in/);
  assert.match(sent!, /predictions were uploaded[\s\S]*sent_in/);
  const alone = writeLeaderboardPage(boardOf([{ ...FIRST, origin: "uploaded" }]));
  assert.match(alone, /1 model on 21 exams/);
});

Deno.test("a dataset without scores has a page that says so", () => {
  const html = writeLeaderboardPage(boardOf([]));
  assert.match(html, /No model has a score on this dataset yet/);
  assert.doesNotMatch(html, /<svg/);
});
