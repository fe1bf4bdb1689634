import fc from "fast-check";

/** Texts that have broken servers before: paths, terminators, markup, formulas, property names. */
const TEXTS = [
  "",
  " ",
  ".",
  "..",
  "../../../../etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "/etc/passwd",
  "C:\\windows",
  "a\u0000b",
  "%00",
  "%",
  "%zz",
  "a\r\nX-Injected: 1",
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "=cmd|' /C calc'!A0",
  "' OR 1=1 --",
  "__proto__",
  "constructor",
  "toString",
  "NaN",
  "Infinity",
  "-1",
  "1e999",
  "00000000-0000-7000-8000-000000000000",
  "\u202egnp.exe",
  "\ud800",
  "ß".repeat(300),
  "x".repeat(5000),
];

/** Any text, the dangerous ones often. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ maxLength: 40, unit: "binary" }),
);

/** Anything that JSON can say, and that is not what was asked for. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(null, true, 0, -1, 1e308, -0.5, 2 ** 53, [], {}, [[[]]], { __proto__: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
);
