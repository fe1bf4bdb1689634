import fc from "fast-check";
import assert from "node:assert/strict";
import { element, escapeXml, rounded } from "./render_svg.ts";

Deno.test("attributes are escaped, numbers rounded, undefined ones left out", () => {
  const written = element("path", { d: `"<&'>`, x: 1.23456, y: undefined });
  assert.equal(written, '<path d="&quot;&lt;&amp;&#39;&gt;" x="1.23"/>');
  assert.equal(element("g", {}, "x"), "<g>x</g>");
});

Deno.test("numbers have no exponent and no negative zero", () => {
  assert.equal(rounded(-0.001), "0");
  assert.equal(rounded(1e-9), "0");
  assert.equal(rounded(1234.5678), "1234.57");
});

Deno.test("no text can leave its place or be forbidden in XML", () => {
  // Every code unit, including lone surrogates; special characters are more frequent.
  const unit = fc.oneof(
    fc.constantFrom(..."<>&\"'\u0000\ufffe"),
    fc.integer({ max: 0xffff, min: 0 }),
  )
    .map((one) => typeof one === "string" ? one : String.fromCharCode(one));
  fc.assert(fc.property(fc.string({ unit }), (text) => {
    const escaped = escapeXml(text);
    assert.doesNotMatch(escaped, /[<>"']/);
    // deno-lint-ignore no-control-regex -- these are the forbidden ones
    assert.doesNotMatch(escaped, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    assert.ok(escaped.isWellFormed());
    assert.doesNotMatch(escaped.replaceAll(/&(amp|lt|gt|quot|#39);/g, ""), /&/);
  }));
});
