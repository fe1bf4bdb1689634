import assert from "node:assert/strict";
import { validate, version } from "uuid";
import { contentDigest, idOfContent, sha256 } from "./content.ts";

Deno.test("sha256: the standard's own example", () => {
  assert.equal(
    sha256("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

const KEY = new Uint8Array(32);

Deno.test("contentDigest: another site has other digests", () => {
  assert.notEqual(contentDigest(KEY, ["a"]), contentDigest(Uint8Array.of(1), ["a"]));
});

Deno.test("idOfContent: a UUID of version 8 that differs when the content does", () => {
  const ids = Array.from({ length: 1000 }, (_, at) => idOfContent(contentDigest(KEY, [at])));
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.ok(validate(id) && version(id) === 8, id);
  assert.equal(
    idOfContent(contentDigest(KEY, ["a", 1])),
    idOfContent(contentDigest(KEY, ["a", 1])),
  );
});
