import assert from "node:assert/strict";
import { join } from "node:path";
import { curlWorks, runCurlBlocks } from "../support/curl_blocks.ts";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";

Deno.test({
  name: "README's curl lines do what README says, from data to plot",
  ignore: !curlWorks,
  async fn(): Promise<void> {
    await using service = await startEmbedded();
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
    try {
      await Deno.symlink(join(PROJECT, "sample_data"), join(folder, "sample_data"));
      const said = await runCurlBlocks("README.md", 4, service.url, folder);

      const evaluation = JSON.parse(await Deno.readTextFile(join(folder, "evaluation.json")));
      assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
      const plot = await Deno.readFile(join(folder, "roc.png"));
      assert.deepEqual([...plot.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
      const csv = await Deno.readTextFile(join(folder, "predictions.csv"));
      assert.match(csv, /^image_index,/);
      for (const sign of [/"ci_by_exam":\[/, /^event: status$/m, /"seed":1/, /"id":"uploaded"/]) {
        assert.match(said, sign);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "the data owner's guide: its curl lines do what it says",
  ignore: !curlWorks,
  async fn(): Promise<void> {
    await using service = await startEmbedded();
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
    try {
      await Deno.symlink(join(PROJECT, "sample_data"), join(folder, "sample_data"));
      const said = await runCurlBlocks("docs/data_owner.md", 2, service.url, folder);
      const signs = [
        /"id":"site-a".*"check":"header"/,
        /"id":"site-b".*"check":"pixels"/,
        /phantom_1/,
      ];
      for (const sign of signs) assert.match(said, sign);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "docs/scoring.md: its curl lines make of scores what can be made of them",
  ignore: !curlWorks,
  async fn(): Promise<void> {
    await using service = await startEmbedded();
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
    try {
      await Deno.symlink(join(PROJECT, "sample_data"), join(folder, "sample_data"));
      const said = await runCurlBlocks("docs/scoring.md", 6, service.url, folder);
      const signs = [
        /"key":"age_band"/,
        /"key":"thickness_mm","source":"attributes","bins":\[50,60\]/,
        /"delong_by_exam"/,
        /"non_inferiority":\{"margin":0\.05/,
        /"ensemble":\{"method":"rank_mean"/,
        /"against_best":/,
      ];
      for (const sign of signs) assert.match(said, sign);
      assert.match(await Deno.readTextFile(join(folder, "leaderboard.csv")), /^level,rank,model,/);
      const study = JSON.parse(await Deno.readTextFile(join(folder, "study.json")));
      assert.deepEqual([study.rows, study.readers.length, study.models.length], [8, 2, 1]);
      const plot = await Deno.readFile(join(folder, "readers.png"));
      assert.deepEqual([...plot.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
