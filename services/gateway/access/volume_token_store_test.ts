import assert from "node:assert/strict";
import { volumeLayout } from "../../../shared/volume/mod.ts";
import { makeToken } from "./token.ts";
import { createVolumeTokenStore } from "./volume_token_store.ts";

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
    const [gateway, command] = [createVolumeTokenStore(layout), createVolumeTokenStore(layout)];
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
    const store = createVolumeTokenStore(layout);
    await Deno.mkdir(`${layout.home}/access`);
    for (const text of ["", "[]", '{"version":2,"tokens":[]}', '{"version":1,"tokens":[{}]}']) {
      await Deno.writeTextFile(layout.tokens, text);
      await assert.rejects(store.all(), /Cannot read/, text);
    }
  }));
