import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryPath } from "./atomic_file.ts";
import { sweepAbandoned, sweepUploads } from "./sweep_abandoned.ts";

Deno.test("old half-written files go, young ones and all others stay", async () => {
  const folder = await Deno.makeTempDir();
  const now = new Date("2030-01-01T12:00:00Z");
  const [old, young] = [new Date("2030-01-01T10:59:00Z"), new Date("2030-01-01T11:01:00Z")];
  try {
    const deep = join(folder, "exp", "model");
    await Deno.mkdir(deep, { recursive: true });
    const files: readonly (readonly [path: string, date: Date, stays: boolean])[] = [
      [temporaryPath(join(deep, "score.json")), old, false],
      [temporaryPath(join(folder, "report.html")), old, false],
      [temporaryPath(join(deep, "score.json")), young, true],
      [join(deep, "score.json"), old, true],
      [join(deep, "name.partial"), old, true],
      [join(deep, ".hidden"), old, true],
    ];
    for (const [path, date] of files) {
      await Deno.writeTextFile(path, "");
      await Deno.utime(path, date, date);
    }
    assert.equal(await sweepAbandoned(folder, now), 2);
    for (const [path, , stays] of files) {
      assert.equal(await Deno.stat(path).then(() => true, () => false), stays, path);
    }
    assert.equal(await sweepAbandoned(join(folder, "nowhere"), now), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what uploads have left goes, and what is no upload's is quarantined", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-uploads-" });
  try {
    const uploads = join(folder, "uploads");
    const quarantined: string[] = [];
    const damage = {
      quarantine: (path: string): Promise<void> => {
        quarantined.push(path);
        return Promise.resolve();
      },
    };
    await sweepUploads(uploads, damage);
    const left = join(uploads, crypto.randomUUID());
    const [own, hidden] = [join(uploads, "somebody's"), join(uploads, ".hidden")];
    for (const path of [left, own, hidden]) await Deno.mkdir(path);
    await Deno.writeTextFile(join(left, "predictions"), "half");
    await sweepUploads(uploads, damage);
    const stays = Array.from(Deno.readDirSync(uploads), ({ name }) => name).sort();
    assert.deepEqual([stays, quarantined], [[".hidden", "somebody's"], [own]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
