import assert from "node:assert/strict";
import { join } from "node:path";
import { isWithin, PathNotAllowed, resolveWithin } from "./containment.ts";

Deno.test("within: a folder, what is in it, and nothing that only looks so", () => {
  for (const path of ["/a", "/a/", "/a/b", "/a/b/c", "/a/..b", "/a/b/../c"]) {
    assert.ok(isWithin("/a", path), path);
  }
  for (const path of ["/", "/ab", "/a/..", "/a/../b", "/b/a"]) {
    assert.ok(!isWithin("/a", path), path);
  }
});

Deno.test("a path is allowed by where it leads, not by how it is written", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    const [root, outside] = [join(folder, "root"), join(folder, "outside")];
    await Deno.mkdir(join(root, "data"), { recursive: true });
    await Deno.mkdir(outside);
    await Deno.symlink(outside, join(root, "out"));
    await Deno.symlink(join(root, "data"), join(outside, "in"));
    const real = await Deno.realPath(root);
    assert.equal(await resolveWithin(join(root, "data"), [root]), join(real, "data"));
    assert.equal(await resolveWithin(join(outside, "in"), [root]), join(real, "data"));
    const refusals: string[] = [];
    for (const path of [outside, join(root, "out"), `${root}/../outside`, "/no/such", folder]) {
      const error = await resolveWithin(path, [root]).catch((error) => error);
      assert.ok(error instanceof PathNotAllowed, path);
      assert.equal(error.path, path);
      refusals.push(error.message.replace(path, "…"));
    }
    assert.equal(new Set(refusals).size, 1, "nobody can probe what else exists");
    assert.match(refusals[0]!, /add its folder to MAMMOEVAL_DATA_ROOTS/);
    await assert.rejects(
      resolveWithin(join(root, "typo"), [root]),
      /does not exist: check the spelling/,
    );
    await assert.rejects(resolveWithin(root, []), PathNotAllowed);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
