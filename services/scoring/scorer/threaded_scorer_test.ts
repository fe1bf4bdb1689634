import assert from "node:assert/strict";
import { SCORINGS_AT_ONCE, SCORINGS_WAITING_MAX } from "../../../shared/limits.ts";
import { sha256 } from "../content.ts";
import type { ScoreOutcome, ScoreRequest } from "../score_predictions.ts";
import { fairScore, makeList, makePredictions } from "../test_world.ts";
import { createDirectScorer } from "./direct_scorer.ts";
import type { DrawRequest, Scorer } from "./scorer.ts";
import { createThreadedScorer } from "./threaded_scorer.ts";

const PROJECT = new URL("../../../", import.meta.url);

function makeRequest(seed: number, predictions = makePredictions(12, fairScore)): ScoreRequest {
  return {
    names: {
      id: "0190a000-0000-7000-8000-000000000001",
      dataset: null,
      model: null,
      experiment: null,
      evaluation: null,
    },
    truth: {
      content: new TextEncoder().encode(JSON.stringify(makeList(12))),
      format: "json",
      uploaded: true,
      requiredViews: [],
    },
    predictions: new TextEncoder().encode(predictions),
    measure: {
      bootstrap: {
        ...{ method: "percentile", stratified: false, confidence: 0.95, replicates: 50, seed },
      },
      operatingPoints: [{ specificity: 0.9 }],
      prevalence: 0.01,
    },
    subgroups: [{ key: "density", bins: null, negatives: "own" }],
    attributes: null,
    provenance: { content: "x" },
  };
}

/** What does not tell when it was made; the page does. */
function lasting(outcome: ScoreOutcome): unknown {
  if (!outcome.ok) return outcome;
  const { created_at: _, ...report } = outcome.report;
  const files = outcome.files.filter(({ name }) => name !== "report.html")
    .map(({ name, content }) => [name, sha256(content)]);
  return { report, files };
}

async function withThreads(count: number, test: (scorer: Scorer) => Promise<void>): Promise<void> {
  const scorer = createThreadedScorer(count);
  try {
    await test(scorer);
  } finally {
    scorer.stop();
  }
}

Deno.test("threads give what the asking thread gives, to the bit: reports, files, faults, plots", () =>
  withThreads(2, async (scorer) => {
    const direct = createDirectScorer();
    const broken = makeRequest(1, "image_index,malignant_pred\nnobody,0.5\n");
    const list = { ...makeRequest(1).truth, content: new TextEncoder().encode("[") };
    const requests = [1, 2].map((seed) => makeRequest(seed));
    requests.push(broken, { ...makeRequest(1), truth: list });
    const made = await Promise.all(requests.map((request) => scorer.score(request)));
    for (const [at, request] of requests.entries()) {
      assert.deepEqual(lasting(made[at]!), lasting(await direct.score(request)));
    }
    const [first] = made;
    assert.ok(first?.ok);
    for (const file of ["calibration.png", "histogram.svg"] as const) {
      const request: DrawRequest = { report: first.report, level: "breast", file };
      const [there, here] = [await scorer.draw(request), await direct.draw(request)];
      assert.equal(sha256(there!), sha256(here!), file);
    }
  }));

Deno.test({
  name: "threads need no more than the service has",
  permissions: {
    read: [PROJECT, "/usr/bin/ldd"],
    env: true,
    ffi: [new URL("node_modules", PROJECT)],
    sys: ["osRelease", "hostname", "cpus"],
  },
  async fn(): Promise<void> {
    // As the launcher does: no font but the project's own is looked for.
    Deno.env.set("DISABLE_SYSTEM_FONTS_LOAD", "1");
    await withThreads(
      1,
      async (scorer) => assert.ok((await scorer.score(makeRequest(1))).ok),
    );
  },
});

Deno.test("what cannot be done in a thread fails alone", () =>
  withThreads(1, async (scorer) => {
    const impossible = { ...makeRequest(1), truth: { ...makeRequest(1).truth, uploaded: false } };
    const request = { ...impossible, truth: { ...impossible.truth, content: new Uint8Array(3) } };
    const [bad, good] = await Promise.allSettled([
      scorer.score(request),
      scorer.score(makeRequest(2)),
    ]);
    assert.match(String(bad.status === "rejected" && bad.reason), /Cannot score: /);
    assert.ok(good.status === "fulfilled" && good.value.ok);
  }));

Deno.test("too much at a time is refused for the moment, and a stop gives up what waits", async () => {
  const scorer = createThreadedScorer(1);
  const open = Array.from(
    { length: SCORINGS_AT_ONCE + SCORINGS_WAITING_MAX },
    (_, seed) => scorer.score(makeRequest(seed)),
  );
  const ends = Promise.allSettled(open);
  await assert.rejects(scorer.score(makeRequest(0)), { type: "unavailable" });
  scorer.stop();
  assert.ok((await ends).every(({ status }) => status === "rejected"));
});
