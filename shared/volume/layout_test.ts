import assert from "node:assert/strict";
import { preprocessedFolder } from "./layout.ts";

Deno.test("preprocessedFolder: one for each model, experiment and data, also where names run together", () => {
  const folder = (model: string, experiment: string, digest: string): string =>
    preprocessedFolder("/p", { model, experiment }, digest);
  assert.match(folder("toy", "exp1", "sha256:1"), /^\/p\/toy_exp1_preprocessing\/[0-9a-f]{16}$/);
  assert.equal(folder("toy", "exp1", "sha256:1"), folder("toy", "exp1", "sha256:1"));
  const others = [folder("a_b", "c", "d"), folder("a", "b_c", "d"), folder("a", "b_c", "e")];
  assert.equal(new Set(others).size, 3);
});
