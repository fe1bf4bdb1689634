import assert from "node:assert/strict";
import { join } from "node:path";
import { createDamage, type Damage, silentDamage } from "./damage.ts";
import { volumeLayout } from "./layout.ts";
import { createRecordReader, type RecordCheck } from "./record_reader.ts";

const fine: RecordCheck = () => null;

async function onVolume(
  test: (home: string, damage: Damage, warnings: string[]) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  const warnings: string[] = [];
  const warn = (_: string, fields: Readonly<Record<string, string>>): void =>
    void warnings.push(fields["path"]!);
  try {
    await test(home, createDamage(volumeLayout(home), warn, ["datasets"]), warnings);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("what nobody has read for longest is forgotten when there is too much", () =>
  onVolume(async (home) => {
    const damage = silentDamage(volumeLayout(home));
    const paths = ["a", "b", "c"].map((name) => join(home, `${name}.json`));
    for (const path of paths) await Deno.writeTextFile(path, '{"a":1}');
    const [a, b, c] = paths as [string, string, string];
    const read = createRecordReader(damage, 14);
    const [firstA, firstB] = [await read(a, fine), await read(b, fine)];
    assert.equal(await read(a, fine), firstA);
    await read(c, fine);
    assert.equal(await read(a, fine), firstA, "read since b was");
    assert.notEqual(await read(b, fine), firstB);
    assert.deepEqual(await createRecordReader(damage, 6)(a, fine), { a: 1 }, "too large to keep");
  }));

Deno.test("a file is read once, and again when it was changed, removed or put back", () =>
  onVolume(async (home, damage) => {
    const path = join(home, "a.json");
    const read = createRecordReader(damage);
    assert.equal(await read(path, fine), null);
    await Deno.writeTextFile(path, '{"a":[1]}');
    const first = await read<{ a: number[] }>(path, fine);
    assert.equal(await read(path, fine), first, "the same object");
    assert.throws(() => first!.a.push(2), TypeError);
    await Deno.writeTextFile(path, '{"a":[1,2]}');
    assert.deepEqual(await read(path, fine), { a: [1, 2] });
    await Deno.writeTextFile(`${path}.new`, '{"a":[3,4]}');
    await Deno.rename(`${path}.new`, path);
    assert.deepEqual(await read(path, fine), { a: [3, 4] });
    await Deno.remove(path);
    assert.equal(await read(path, fine), null);
    assert.deepEqual(damage.list(), []);
  }));

Deno.test("a record that cannot be used is left out, said once, and read again when it is mended", () =>
  onVolume(async (home, damage, warnings) => {
    const path = join(home, "a.json");
    const isRecord: RecordCheck = (value) =>
      typeof value === "object" && value !== null && "id" in value ? null : "has no id";
    const damages: readonly (readonly [() => Promise<void>, RegExp])[] = [
      [() => Deno.writeTextFile(path, ""), /is empty/],
      // Its size differs from the previous record's: on a fast machine inode and mtime may be equal.
      [() => Deno.writeTextFile(path, '{"id": 123'), /incomplete/],
      [() => Deno.writeFile(path, Uint8Array.of(0x22, 0xff, 0x22)), /not JSON/],
      [() => Deno.writeTextFile(path, "{}"), /has no id/],
      [() => Deno.writeTextFile(path, "null"), /has no id/],
      [() => Deno.mkdir(path), /not a regular file/],
      [() => Deno.symlink(path, path), /cannot read it/],
      [() => Deno.symlink(join(home, "other.json"), path), /not a regular file/],
    ];
    await Deno.writeTextFile(join(home, "other.json"), '{"id":2}');
    const read = createRecordReader(damage);
    for (const [make, reason] of damages) {
      warnings.length = 0;
      await make();
      for (let look = 0; look < 3; look++) assert.equal(await read(path, isRecord), null);
      assert.deepEqual(damage.list().map((file) => file.path), ["a.json"], String(reason));
      assert.match(damage.list()[0]!.reason, reason);
      assert.match(damage.list()[0]!.reason, /restore it from a backup/);
      assert.deepEqual(warnings, [path], "said once");
      await Deno.remove(path, { recursive: true });
      assert.deepEqual(damage.list(), [], "what is gone is not damaged");
      await Deno.writeTextFile(path, '{"id":1}');
      assert.deepEqual(await read(path, isRecord), { id: 1 });
      assert.deepEqual(damage.list(), []);
      await Deno.remove(path);
    }
  }));

Deno.test("what is moved to quarantine stays whole, is named, and replaces nothing", () =>
  onVolume(async (home, damage) => {
    for (const content of ["one", "two"]) {
      await Deno.mkdir(join(home, "datasets/mine"), { recursive: true });
      await Deno.writeTextFile(join(home, "datasets/mine/image.png"), content);
      await damage.quarantine(join(home, "datasets/mine"), "it has no dataset.json");
    }
    const read = (name: string): Promise<string> =>
      Deno.readTextFile(join(home, "quarantine/datasets", name, "image.png"));
    assert.deepEqual([await read("mine"), await read("mine.2")], ["one", "two"]);
    assert.deepEqual(
      damage.list().map(({ path }) => path),
      ["quarantine/datasets/mine", "quarantine/datasets/mine.2"],
    );
  }));
