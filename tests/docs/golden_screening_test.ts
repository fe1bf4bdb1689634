import assert from "node:assert/strict";
import { join } from "node:path";
import { curlWorks, runBlocksOfKind } from "../support/curl_blocks.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { golden } from "../support/golden_data.ts";
import { goldenScreening } from "../support/scoring/golden_screening.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

/** The document's own commands with the golden tables in place of its example. */
Deno.test({
  name: "golden exams from two CSV files to the page, by the curl commands of the document alone",
  ignore: !curlWorks,
  async fn(): Promise<void> {
    await using stack = new AsyncDisposableStack();
    const service = stack.use(await startEmbedded());
    const folder = await temporaryFolder(stack, "mammoeval-golden-");
    const { list, predictions } = goldenScreening();
    // The document asks for horizons, which need follow-up.
    const followed = list.trimEnd().split("\n").map((row, at) =>
      `${row},${at === 0 ? "followed_days" : 1000}\n`
    );
    await Deno.writeTextFile(join(folder, "list.csv"), followed.join(""));
    await Deno.writeTextFile(join(folder, "predictions.csv"), predictions);
    await runBlocksOfKind("docs/screening.md", "curl", service.url, folder, {
      replaced: {
        "examples/screening/screening.csv": "list.csv",
        "examples/screening/screening_predictions.csv": "predictions.csv",
      },
    });
    // deno-lint-ignore no-explicit-any -- golden values are looked into field by field
    const expected = golden("screening/expected.json") as any;
    const simulation = JSON.parse(await Deno.readTextFile(join(folder, "simulation.json")));
    const { baseline, pathways: [second, out] } = simulation;
    const today = expected.today.recorded;
    assert.deepEqual([baseline.reads, baseline.recalls, baseline.true_positives], [
      today.reads,
      today.recalls,
      today.true_positives,
    ]);
    const at = (name: string, threshold: number) =>
      expected[name].find((one: { threshold: number }) => one.threshold === threshold);
    const ofSecond = at("replace_second_reader", 0.5);
    assert.equal(second.recalls, ofSecond.recorded_consensus.recalls);
    assert.equal(second.arbitrations_without_record, ofSecond.arbitrations_lacking);
    assert.equal(out.recalls, at("rule_out", 0.2).recalls);
    const page = await Deno.readTextFile(join(folder, "page.html"));
    assert.match(page, /<h1>What the programme would do with/);
    assert.ok(page.includes(today.reads.toLocaleString("en")), "today's reads");
  },
});
