import assert from "node:assert/strict";
import { join } from "node:path";
import { copyModules } from "./copy_modules.ts";

Deno.test("copyModules leaves out the lock that other processes make and remove meanwhile", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [project, copy] = [join(folder, "project"), join(folder, "copy")];
    const store = join(project, "node_modules/.deno");
    await Deno.mkdir(join(store, "one@1.0.0"), { recursive: true });
    await Deno.mkdir(join(project, "node_modules/.bin"));
    await Deno.mkdir(copy);
    await Deno.writeTextFile(join(store, "one@1.0.0/index.js"), "1");
    await Deno.symlink(".deno/one@1.0.0", join(project, "node_modules/one"));
    await Deno.writeTextFile(join(store, ".deno.lock.poll"), "");

    await copyModules(project, copy);

    assert.equal(await Deno.readTextFile(join(copy, "node_modules/one/index.js")), "1");
    const copied = [...Deno.readDirSync(join(copy, "node_modules/.deno"))].map(({ name }) => name);
    assert.deepEqual(copied, ["one@1.0.0"]);
    assert.ok((await Deno.stat(join(copy, "node_modules/.bin"))).isDirectory);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
