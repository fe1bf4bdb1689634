import assert from "node:assert/strict";
import { relative } from "node:path";
import { isProduct, projectFiles, root } from "./project_files.ts";

/** A file this short usually serves one neighbour and should be merged into it. */
const SHORT_LINES = 40;

/** Most product lines. Lower it when the count decreases. */
const LINES_MAX = 70_200;

async function productSizes(): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const path of projectFiles()) {
    const name = relative(root, path);
    if (!isProduct(name)) continue;
    sizes.set(name, (await Deno.readTextFile(path)).split("\n").length - 1);
  }
  return sizes;
}

Deno.test("the product's size is printed and bounded", async () => {
  const sizes = [...(await productSizes()).values()];
  const lines = sizes.reduce((sum, size) => sum + size, 0);
  const short = sizes.filter((size) => size < SHORT_LINES).length;
  // deno-lint-ignore no-console -- what this test is for
  console.log(
    `product: ${lines} lines, ${sizes.length} files, ${short} under ${SHORT_LINES} lines`,
  );
  assert.ok(lines <= LINES_MAX, `${lines} lines of product code are more than ${LINES_MAX}`);
});
