import assert from "node:assert/strict";
import { startAttackWorld } from "./attack_world.ts";
import {
  type Attack,
  folderAttacks,
  pathAttacks,
  personAttacks,
  textAttacks,
  uploadAttacks,
  webhookAttacks,
} from "./attacks.ts";

Deno.test("attacks over HTTP and through files: none gets through", async () => {
  await using world = await startAttackWorld();
  const attacks: Attack[] = [
    ...pathAttacks(world),
    ...folderAttacks(world),
    ...uploadAttacks(world),
    ...webhookAttacks(world),
    ...textAttacks(world),
    ...personAttacks(world),
  ];
  const through: string[] = [];
  for (const { name, run } of attacks) {
    const loot = await run().catch((error) => `broke off: ${error}`);
    if (loot !== null) through.push(`${name}: ${loot}`);
  }
  const line = `tried ${attacks.length}, got through ${through.length}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
  assert.deepEqual(through, []);
});
