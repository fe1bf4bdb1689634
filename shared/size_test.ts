import assert from "node:assert/strict";
import { bytesOf, dockerSize, sizeText } from "./size.ts";

Deno.test("a size is read in every unit, and nothing else is", () => {
  assert.equal(bytesOf("1k"), 1024);
  assert.equal(bytesOf("16G"), 16 * 1024 ** 3);
  assert.equal(bytesOf("2t"), 2 * 1024 ** 4);
  for (const text of ["16g", "16GB", "16GiB", "16gib", "16 GB", "16 g"]) {
    assert.equal(bytesOf(text), 16 * 1024 ** 3);
    assert.equal(dockerSize(text), "16g");
  }
  for (const text of ["", "16", "g", "1.5g", "-1g", "16gbi", "16i", "16  g", "16 gigabytes"]) {
    assert.throws(() => bytesOf(text), SyntaxError);
  }
});

Deno.test("a size is told in the largest unit", () => {
  assert.equal(sizeText(0), "0");
  assert.equal(sizeText(1023), "1023");
  assert.equal(sizeText(1024), "1k");
  assert.equal(sizeText(1.5 * 1024 ** 3), "1.5g");
  assert.equal(sizeText(5000 * 1024 ** 4), "5000t");
});
