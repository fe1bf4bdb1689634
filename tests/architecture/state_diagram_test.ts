import assert from "node:assert/strict";
import { TRANSITIONS } from "../../services/inference/ledger/state_machine.ts";

Deno.test("ARCHITECTURE.md draws the states as the code has them", async () => {
  const text = await Deno.readTextFile(new URL("../../ARCHITECTURE.md", import.meta.url));
  const drawing = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(text)?.[1];
  assert.ok(drawing !== undefined, "there is no state diagram");
  const drawn = drawing.trim().split("\n").map((line) => line.trim());
  const coded = Object.entries(TRANSITIONS).flatMap(([from, ways]) =>
    ways.length === 0 ? [`${from} --> [*]`] : ways.map((to) => `${from} --> ${to}`)
  );
  assert.deepEqual(drawn.toSorted(), ["[*] --> queued", ...coded].toSorted());
});
