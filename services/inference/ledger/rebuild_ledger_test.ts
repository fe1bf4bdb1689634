import assert from "node:assert/strict";
import { evaluationFiles, writeJsonAtomic } from "../../../shared/volume/mod.ts";
import { inWorld, type World } from "../../../tests/support/inference/world.ts";
import { recordOf } from "./evaluation_record.ts";
import { refuseLostLedger } from "./find_results.ts";
import type { Evaluation } from "./ledger.ts";
import { rebuildLedger } from "./rebuild_ledger.ts";
import { openSqliteLedger } from "./sqlite_ledger.ts";

const NOW = new Date("2030-01-01T00:00:00Z");

/** Leaves ended evaluations with their records among the results, and closes the ledger. */
async function leaveResults(world: World): Promise<Evaluation[]> {
  const ended: Evaluation[] = [];
  for (const status of ["succeeded", "failed", "cancelled"] as const) {
    const { id } = await world.enqueue();
    for (const next of ["building", "running", "scoring"] as const) {
      world.ledger.change(id, next, { attempt: 1 });
    }
    const score = status === "succeeded" ? id : null;
    world.ledger.change(id, status, { score, finishedAt: NOW.toISOString() });
    const evaluation = world.ledger.annotate(id, { name: status, notes: "to be kept" })!;
    const { folder, record } = evaluationFiles(world.layout, { ...evaluation.request, id });
    await Deno.mkdir(folder, { recursive: true });
    await writeJsonAtomic(record, recordOf(evaluation));
    ended.push(evaluation);
  }
  world.ledger.close();
  return ended;
}

/** Drops what a rebuilt ledger does not know: row versions and container starts. */
function lasting({ version: _version, runningSince: _since, ...rest }: Evaluation): unknown {
  return rest;
}

const DAMAGES: Readonly<Record<string, (path: string) => Promise<void>>> = {
  empty: (path) => Deno.truncate(path, 0),
  cut: (path) => Deno.truncate(path, 6000),
  "overwritten at its start": (path) => Deno.writeTextFile(path, "x".repeat(8192)),
  "overwritten in its middle": async (path) => {
    using file = await Deno.open(path, { write: true });
    await file.seek(4096, Deno.SeekMode.Start);
    await file.write(new Uint8Array(8192).fill(0x5a));
  },
  missing: (path) => Deno.remove(path),
};

for (const [what, damage] of Object.entries(DAMAGES)) {
  Deno.test(`a ledger that is ${what} beside results is refused, and made anew from them`, () =>
    inWorld(async (world) => {
      const ended = await leaveResults(world);
      const { layout } = world;
      await damage(layout.ledger);
      const open = (): void => {
        refuseLostLedger(layout);
        openSqliteLedger(layout.ledger).close();
      };
      assert.throws(open, /restore it from a backup.*deno task rebuild-ledger/);
      const broken = evaluationFiles(layout, { ...ended[1]!.request, id: ended[1]!.id });
      await Deno.writeTextFile(broken.record, "{");
      const rebuilt = await rebuildLedger(layout, openSqliteLedger, NOW);
      assert.equal(rebuilt.evaluations, 2);
      assert.deepEqual(rebuilt.leftOut.length, 1);
      assert.ok(rebuilt.leftOut[0]!.startsWith(broken.folder));
      assert.equal(rebuilt.old === null, what === "missing");
      if (rebuilt.old !== null) assert.ok((await Deno.stat(rebuilt.old)).isFile);
      open();
      const ledger = openSqliteLedger(layout.ledger);
      try {
        for (const evaluation of [ended[0]!, ended[2]!]) {
          assert.deepEqual(lasting(ledger.get(evaluation.id)!), lasting(evaluation));
        }
        assert.equal(ledger.uses.list({}).length, 1);
      } finally {
        ledger.close();
      }
      await assert.rejects(rebuildLedger(layout, openSqliteLedger, NOW), /it is not damaged/);
    }));
}
