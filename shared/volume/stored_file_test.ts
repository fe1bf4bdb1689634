import assert from "node:assert/strict";
import { join } from "node:path";
import { silentDamage, StoredFileDamaged } from "./damage.ts";
import { volumeLayout } from "./layout.ts";
import { LAST_BYTES, noteCutOff, readStored } from "./stored_file.ts";

Deno.test("a stored file that is missing, empty, cut off or no file is damage, and is named", async () => {
  const home = await Deno.makeTempDir({ prefix: "mammoeval-test-stored-" });
  try {
    const damage = silentDamage(volumeLayout(home));
    const path = join(home, "exams.jsonl");
    const faults: Record<string, () => Promise<void>> = {
      missing: () => Promise.resolve(),
      empty: () => Deno.writeTextFile(path, ""),
      "cut in a line": () => Deno.writeTextFile(path, "{}\n{"),
      "a folder": () => Deno.mkdir(path),
      "a link to itself": () => Deno.symlink(path, path),
    };
    for (const [fault, make] of Object.entries(faults)) {
      await make();
      await noteCutOff(path, LAST_BYTES.lines, damage, 2);
      assert.deepEqual(damage.list().map((file) => file.path), ["exams.jsonl"], fault);
      await assert.rejects(readStored(path, LAST_BYTES.lines), StoredFileDamaged, fault);
      await Deno.remove(path, { recursive: true }).catch(() => {});
    }
    await Deno.writeTextFile(path, "{}\n");
    await noteCutOff(path, LAST_BYTES.lines, damage, 2);
    assert.match(damage.list()[0]!.reason, /1 lines, not 2/, "cut between two lines");
    await Deno.writeTextFile(path, "{}\n{}\n");
    await noteCutOff(path, LAST_BYTES.lines, damage, 2);
    assert.deepEqual(damage.list(), []);
    assert.equal((await readStored(path, LAST_BYTES.lines)).length, 6);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
