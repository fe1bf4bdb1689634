import assert from "node:assert/strict";
import { silentDamage, volumeLayout } from "../../../shared/volume/mod.ts";
import { makeToken } from "./token.ts";
import { createVolumeTokenStore } from "./token_store.ts";

const NOW = new Date("2030-01-01T00:00:00Z");

async function onVolume(
  work: (layout: ReturnType<typeof volumeLayout>) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await work(volumeLayout(home));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("what one process writes another sees, and nobody else may read it", () =>
  onVolume(async (layout) => {
    const [gateway, command] = [
      createVolumeTokenStore(layout, silentDamage(layout)),
      createVolumeTokenStore(layout, silentDamage(layout)),
    ];
    assert.deepEqual(await gateway.all(), []);
    const { record } = makeToken({ user: "ada", role: "read", createdAt: NOW, expiresAt: null });
    await command.add(record);
    assert.deepEqual(await gateway.all(), [record]);
    assert.equal((await Deno.stat(layout.tokens)).mode! & 0o777, 0o600);
    const revoked = await command.revoke(record.id, NOW);
    assert.equal(revoked?.revoked_at, NOW.toISOString());
    assert.deepEqual(await gateway.all(), [revoked]);
    const again = await command.revoke(record.id, new Date(NOW.getTime() + 1));
    assert.equal(again?.revoked_at, NOW.toISOString(), "the first revocation counts");
    assert.equal(await command.revoke("000000000000", NOW), null);
  }));

Deno.test("a file that cannot be read locks the door", () =>
  onVolume(async (layout) => {
    const store = createVolumeTokenStore(layout, silentDamage(layout));
    await Deno.mkdir(`${layout.home}/access`);
    for (const text of ["", "[]", '{"version":2,"tokens":[]}', '{"version":1,"tokens":[{}]}']) {
      await Deno.writeTextFile(layout.tokens, text);
      await assert.rejects(store.all(), /Cannot use/, text);
    }
  }));

Deno.test("tokens that are made and revoked at the same time, in several processes, are all kept", () =>
  onVolume(async (layout) => {
    const order = { role: "read", createdAt: NOW, expiresAt: null } as const;
    const before = Array.from({ length: 3 }, (_, at) => makeToken({ user: `old${at}`, ...order }));
    const store = createVolumeTokenStore(layout, silentDamage(layout));
    for (const { record } of before) await store.add(record);
    // Each store stands for a process: the lock is between open files, even in one process.
    await Promise.all([
      ...Array.from({ length: 6 }, (_, at) => {
        const { record } = makeToken({ user: `new${at}`, ...order });
        return createVolumeTokenStore(layout, silentDamage(layout)).add(record);
      }),
      ...before.map(({ record }) =>
        createVolumeTokenStore(layout, silentDamage(layout)).revoke(record.id, NOW)
      ),
    ]);
    const tokens = await store.all();
    assert.equal(tokens.length, 9);
    assert.equal(tokens.filter(({ revoked_at }) => revoked_at !== null).length, 3);
  }));

Deno.test("a command that was killed while it held the tokens keeps nobody from changing them", () =>
  onVolume(async (layout) => {
    await Deno.mkdir(`${layout.home}/access`);
    const hold = `const file = await Deno.open(Deno.args[0], { create: true, write: true });
      await file.lock(true); console.log("held"); setInterval(() => {}, 1000);`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", hold, `${layout.home}/access/tokens.lock`],
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const store = createVolumeTokenStore(layout, silentDamage(layout));
    const adding = store.add(
      makeToken({ user: "ada", role: "read", createdAt: NOW, expiresAt: null }).record,
    );
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    await adding;
    assert.equal((await store.all()).length, 1);
  }));
