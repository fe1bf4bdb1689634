import assert from "node:assert/strict";
import { firstPart } from "./multipart_related.ts";

const BODY = "--b\r\nContent-Type: application/dicom\r\n\r\nhe\r\n--c\r\nllo\r\n--b--\r\n";

Deno.test("firstPart: the content between head and boundary, whatever it looks like", () => {
  for (const boundary of ["b", '"b"']) {
    const type = `multipart/related; type="application/dicom"; boundary=${boundary}`;
    const part = firstPart(new TextEncoder().encode(BODY), type);
    assert.equal(new TextDecoder().decode(part), "he\r\n--c\r\nllo");
  }
});

Deno.test("firstPart: an answer of another kind, and one that is cut anywhere, are refused", () => {
  const bytes = new TextEncoder().encode(BODY);
  assert.throws(() => firstPart(bytes, "application/json"), SyntaxError);
  assert.throws(() => firstPart(bytes, "multipart/related"), SyntaxError);
  for (let length = 0; length < BODY.indexOf("\r\n--b--") + 5; length++) {
    const cut = bytes.subarray(0, length);
    assert.throws(() => firstPart(cut, "multipart/related; boundary=b"), SyntaxError, `${length}`);
  }
});
