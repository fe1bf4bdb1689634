import assert from "node:assert/strict";

const PROJECT = new URL("../../", import.meta.url);

Deno.test("every path that ARCHITECTURE.md names exists", async () => {
  const text = await Deno.readTextFile(new URL("ARCHITECTURE.md", PROJECT));
  const paths = [...text.matchAll(/`((?:services|shared|cli|client|tests|docs)\/[\w./-]+)`/g)]
    .map(([, path]) => path!);
  assert.ok(paths.length > 30, `found only ${paths.length} paths`);
  const missing: string[] = [];
  for (const path of new Set(paths)) {
    await Deno.stat(new URL(path, PROJECT)).catch(() => void missing.push(path));
  }
  assert.deepEqual(missing, []);
});
