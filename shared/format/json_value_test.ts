import assert from "node:assert/strict";
import fc from "fast-check";
import { pickleFromJson } from "./json_value.ts";
import type { PickleValue } from "./pickle/mod.ts";

/** Parses a text inside an object, which is parsed as a whole; what it gives or throws. */
function asAWhole(text: string): unknown {
  return outcome(() => (pickleFromJson(`{"a":${text}}`) as Map<string, PickleValue>).get("a"));
}

function outcome(parse: () => unknown): unknown {
  try {
    return { value: parse() };
  } catch (error) {
    assert.ok(error instanceof SyntaxError);
    return "refused";
  }
}

/** Texts of arrays around the number of items that are parsed at once. */
const arrayText = fc.tuple(
  fc.array(fc.json(), { minLength: 1, maxLength: 6 }),
  fc.constantFrom(0, 1, 2, 999, 1000, 1001, 2000, 2001),
  fc.constantFrom("", " ", "\n", "\t\r\n"),
).map(([values, count, blank]) => {
  const items = Array.from({ length: count }, (_, at) => values[at % values.length]);
  return `${blank}[${blank}${items.join(`${blank},${blank}`)}${blank}]${blank}`;
});

Deno.test("pickleFromJson: a long array in parts is the array as a whole", () => {
  fc.assert(
    fc.property(arrayText, (text) => {
      assert.deepEqual(outcome(() => pickleFromJson(text)), asAWhole(text));
    }),
    { numRuns: 40 },
  );
});

Deno.test("pickleFromJson: a text that is no JSON is refused in parts as well", () => {
  const wrong = fc.constantFrom(",", "]", "[", "}", '"', "\\", "x", "\u00a0", "1", "");
  fc.assert(
    fc.property(arrayText, fc.nat(), fc.nat(3), wrong, (text, place, cut, added) => {
      const at = place % (text.length + 1);
      const broken = text.slice(0, at) + added + text.slice(at + cut);
      assert.deepEqual(outcome(() => pickleFromJson(broken)), asAWhole(broken));
    }),
    { numRuns: 150 },
  );
  const many = Array(1000).fill("1").join();
  for (const text of [`[${many},]`, `[,${many}]`, `[${many},,1]`, `[${many}]]`, `[${many}`]) {
    assert.throws(() => pickleFromJson(text), SyntaxError, text.slice(-9));
  }
});

Deno.test("pickleFromJson: what is wrong is shown as it stands in the whole text", () => {
  const items = Array(1500).fill('{"a": 1}');
  const text = `[${[...items, "oops"].join(",\n")}]`;
  assert.throws(() => pickleFromJson(text), /\{"a": 1\},\noops\]" is not valid JSON/);
});
