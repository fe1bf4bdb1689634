import assert from "node:assert/strict";
import { engineTest } from "../support/engine.ts";
import { runChaos } from "./chaos.ts";

await engineTest("kills at random moments cost nothing", async () => {
  const said: string[] = [];
  const damage = await runChaos({
    evaluations: 10,
    kills: 8,
    // Kills each of them, the engine twice.
    seed: 4,
    say: (line) => said.push(line),
  });
  const { notes, ended: _ended, ...counts } = damage;
  assert.ok(Object.values(counts).every((count) => count === 0), [...said, ...notes].join("\n"));
}, { ownEngine: true });
