import assert from "node:assert/strict";
import { join } from "node:path";
import { silentDamage, volumeLayout } from "../../../shared/volume/mod.ts";
import { type ContainerOwner, containerOwner, isOwned, ownerLabels } from "./container_owner.ts";

const OWNER: ContainerOwner = { path: "/data/mammoeval", id: "0123456789abcdef" };

Deno.test("a container belongs to a volume by path and id; without an id an earlier version has made it", () => {
  const labels = ownerLabels(OWNER);
  assert.ok(isOwned(labels, OWNER));
  assert.ok(!isOwned(labels, { ...OWNER, path: "/data/copy" }), "a copy has the id");
  assert.ok(!isOwned(labels, { ...OWNER, id: "fedcba9876543210" }), "another machine has the path");
  assert.ok(isOwned(ownerLabels({ ...OWNER, id: null }), OWNER), "of an earlier version");
  assert.ok(isOwned(labels, { ...OWNER, id: null }), "whose id is damaged goes by the path");
  assert.ok(!isOwned({}, OWNER));
});

Deno.test("the id is written once; one that is damaged is named and stops nothing", async () => {
  const home = await Deno.makeTempDir({ prefix: "mammoeval-test-owner-" });
  try {
    const layout = volumeLayout(home);
    const damage = silentDamage(layout);
    const first = await containerOwner(layout, damage);
    assert.match(first.id!, /^[0-9a-f]{16}$/);
    assert.deepEqual(await containerOwner(layout, damage), first);
    const other = volumeLayout(join(home, "other"));
    assert.notEqual((await containerOwner(other, damage)).id, first.id);
    assert.deepEqual(damage.list(), []);
    await Deno.writeTextFile(layout.volumeId, "{}");
    assert.deepEqual(await containerOwner(layout, damage), { path: home, id: null });
    assert.deepEqual(damage.list().map(({ path }) => path), ["locks/inference/volume_id"]);
    assert.equal(await Deno.readTextFile(layout.volumeId), "{}", "and is not replaced");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
