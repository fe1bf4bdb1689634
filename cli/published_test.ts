import assert from "node:assert/strict";
import { join } from "node:path";
import type { ScoreReport } from "../shared/contracts/scores.ts";
import { compareWithPublished, type Published, readPublished } from "./published.ts";

const PUBLISHED: Published = {
  source: {
    repository: "https://example.org/x",
    commit: "0".repeat(40),
    table: "README",
    images: "images",
    data_list: "data.pkl",
  },
  levels: { image: { auroc: 0.7, auprc: 0.451 }, breast: { auroc: 0.85, auprc: 0.5 } },
};

function score(image: number, breast: number | null): ScoreReport {
  const level = (value: number | null) => ({ auroc: { value }, auprc: { value: 0.4506 } });
  return { levels: { image: level(image), breast: level(breast) } } as unknown as ScoreReport;
}

Deno.test("a number is equal to the published digits, differs, or could not be had", () => {
  const lines = (given: Parameters<typeof compareWithPublished>[2]) =>
    compareWithPublished("m", PUBLISHED, given).map(({ text }) => text);
  assert.deepEqual(lines(score(0.69951, 0.9)), [
    "m, image level, AUROC: equal (0.700)",
    "m, image level, AUPRC: equal (0.451)",
    "m, breast level, AUROC: differs by 0.050 (0.900 here, 0.850 published)",
    "m, breast level, AUPRC: differs by 0.049 (0.451 here, 0.500 published)",
  ]);
  assert.equal(
    lines(score(0.7, null))[2],
    "m, breast level, AUROC: could not run because the score has no such number",
  );
  const failed = lines({ reason: "no engine answers" });
  assert.equal(failed.length, 4);
  assert.ok(failed.every((text) => text.endsWith("could not run because no engine answers")));
});

Deno.test("each model that is not ours has the numbers of the metarepository's table", async () => {
  const roots = [new URL("../models", import.meta.url).pathname];
  const numbers: Record<string, unknown> = {};
  for (const { name, isDirectory } of Deno.readDirSync(roots[0]!)) {
    const published = isDirectory ? await readPublished(roots, name) : null;
    if (published === null) continue;
    const { image, breast } = published.levels;
    numbers[name] = [image, breast].map((areas) =>
      areas === undefined ? null : Object.values(areas)
    );
  }
  assert.deepEqual(numbers, {
    end2end: [[0.483, 0.483], [0.6, 0.372]],
    frcnn_cad: [[0.733, 0.627], [0.667, 0.622]],
    nyu_glam: [[0.7, 0.451], [0.733, 0.461]],
    nyu_gmic: [[0.867, 0.851], [0.867, 0.85]],
    nyu_model: [null, [0.867, 0.85]],
    nyu_model_single: [[0.867, 0.817], [0.933, 0.903]],
  });
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "m"));
    await Deno.writeTextFile(join(root, "m/published.json"), '{"levels": {}}');
    await assert.rejects(() => readPublished([root], "m"), /published.json: .*source/s);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
