import assert from "node:assert/strict";
import { Presses, SAME_PRESS_MS } from "./interruption.ts";

Deno.test("echoes of one Ctrl-C are one press, the next one is the second", () => {
  const presses = new Presses();
  const moments = [0, 1, SAME_PRESS_MS - 1, 3 * SAME_PRESS_MS, 3 * SAME_PRESS_MS + 2];
  assert.deepEqual(moments.map((at) => presses.press(at)), [1, 0, 0, 2, 0]);
});
