import assert from "node:assert/strict";
import { join } from "node:path";
import { datasetFiles, StoredFileDamaged, volumeLayout } from "../../../shared/volume/mod.ts";
import { createVolumeSealedStore } from "./volume_sealed_store.ts";

Deno.test("which study an exam is comes back with the volume's key, and stands nowhere in the clear", async () => {
  const home = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
  try {
    const layout = volumeLayout(home);
    const { folder, studies: path } = datasetFiles(layout, "hospital");
    await Deno.mkdir(folder, { recursive: true });
    const store = createVolumeSealedStore(layout);
    assert.equal(await store.studies("hospital"), null, "as of a dataset of an earlier version");
    const studies = { e0123456789abcdef0123: "1.2.840.113619.2.55" };
    await store.putStudies("hospital", studies);
    assert.deepEqual(await createVolumeSealedStore(layout).studies("hospital"), studies);
    const bytes = await Deno.readFile(path);
    assert.doesNotMatch(new TextDecoder("latin1").decode(bytes), /1\.2\.840|e0123/);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    bytes[bytes.length - 1]! ^= 1;
    await Deno.writeFile(path, bytes);
    await assert.rejects(store.studies("hospital"), StoredFileDamaged);
    assert.ok((await Deno.stat(join(home, "pseudonyms", "key"))).isFile);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
