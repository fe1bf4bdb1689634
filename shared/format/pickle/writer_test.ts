import assert from "node:assert/strict";
import fc from "fast-check";
import { PickleArray, PickleDtype, PickleGlobal, PickleTuple } from "./mod.ts";
import { type PickleValue, readPickle, writePickle } from "./mod.ts";

const PYTHON = "/usr/bin/python3";

/** Plain data without NaN keys; small integers make equal keys likely. */
const plainData = fc.letrec<{ value: PickleValue; key: PickleValue }>((tie) => ({
  key: fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.bigInt({ min: -3n, max: 3n }),
    fc.bigInt(),
    fc.uint8Array({ maxLength: 3 }) as fc.Arbitrary<PickleValue>,
    fc.array(tie("key"), { maxLength: 4 }).map((items) => new PickleTuple(items)),
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    tie("key"),
    fc.constantFrom(null, true, false),
    fc.double() as fc.Arbitrary<PickleValue>,
    fc.array(tie("value")),
    fc.array(tie("value"), { maxLength: 4 }).map((items) => new PickleTuple(items)),
    fc.array(fc.tuple(fc.string(), tie("value"))).map((entries) => new Map(entries)),
    fc.uniqueArray(fc.string()).map((members) => new Set<PickleValue>(members)),
  ),
})).value;

Deno.test("writePickle: what is read is what was written, values and bytes", () => {
  fc.assert(fc.property(plainData, (value) => {
    const bytes = writePickle(value);
    const back = readPickle(bytes);
    assert.deepStrictEqual(back, value);
    assert.deepStrictEqual(writePickle(back), bytes);
  }));
});

Deno.test("writePickle: small texts, numbers and containers have CPython's own bytes", () => {
  const hexOf: [PickleValue, string][] = [
    [null, "80044e2e"],
    [true, "8004882e"],
    [0n, "80044b002e"],
    [256n, "80049504000000000000004d00012e"],
    [-1n, "80049506000000000000004affffffff2e"],
    [2n ** 31n, "80049508000000000000008a0500000080002e"],
    [-(2n ** 63n), "8004950b000000000000008a0800000000000000802e"],
    [1.5, "8004950a00000000000000473ff80000000000002e"],
    ["é", "80049506000000000000008c02c3a9942e"],
    [[], "80045d942e"],
    [["a", "a"], "8004950b000000000000005d94288c0161946801652e"],
    [new PickleTuple([]), "8004292e"],
    [new PickleTuple([1n]), "80049505000000000000004b0185942e"],
    [new Map([["k", 1n]]), "8004950a000000000000007d948c016b944b01732e"],
    [new Set<PickleValue>([1n]), "80049507000000000000008f94284b01902e"],
  ];
  for (const [value, hex] of hexOf) assert.equal(writePickle(value).toHex(), hex);
});

Deno.test({
  name: "writePickle: a real CPython reads the same, and writes the same bytes again",
  ignore: !exists(PYTHON),
  fn: () => {
    const shared = ["one", "L-CC"];
    const value: PickleValue = [
      new Map<PickleValue, PickleValue>([
        ["L-CC", ["0_L_CC"]],
        ["cancer_label", new Map([["left_malignant", 0n], ["right_malignant", 1n]])],
        [new PickleTuple([1n, "x"]), Uint8Array.of(0, 255)],
      ]),
      shared,
      shared,
      Array.from({ length: 2001 }, (_, index) => BigInt(index) ** 9n),
      [0.1, -0, 5e-324, Infinity, -Infinity, true, false, null],
      ["", "乳腺", "🧬", "\u0000", "x".repeat(256)],
    ];
    const dumped = python(
      "import pickle, sys; sys.stdout.buffer.write(pickle.dumps(pickle.loads(sys.stdin.buffer.read()), 4))",
      writePickle(value),
    );
    assert.ok(dumped.toHex() === writePickle(value).toHex());
    assert.deepStrictEqual(readPickle(dumped), value);
  },
});

Deno.test({
  name: "writePickle: a real CPython reads texts and lists beyond one frame",
  ignore: !exists(PYTHON),
  fn: () => {
    const value = [
      "a".repeat(70_000),
      Array.from({ length: 30_000 }, (_, index) => `name_${index}`),
    ];
    const answer = python(
      "import pickle, sys; a, b = pickle.loads(sys.stdin.buffer.read());" +
        "print(a == 'a' * 70000 and b == ['name_%d' % i for i in range(30000)])",
      writePickle(value),
    );
    assert.equal(new TextDecoder().decode(answer), "True\n");
  },
});

Deno.test("writePickle: a numpy array is written as nested lists", () => {
  const array = new PickleArray();
  array.shape = [2, 2];
  array.dtype = new PickleDtype("u", 1);
  array.data = Uint8Array.of(1, 2, 3, 4);
  assert.deepStrictEqual(readPickle(writePickle([array])), [[[1n, 2n], [3n, 4n]]]);
});

Deno.test("writePickle: refuses what is no plain data, and what holds itself", () => {
  const own: PickleValue[] = [];
  own.push(new PickleTuple([own]));
  assert.throws(() => writePickle(own), TypeError);
  assert.throws(() => writePickle(new PickleGlobal("os", "system")), /PickleGlobal/);
  assert.throws(() => writePickle("\ud800"), TypeError);
  let deep: PickleValue = [];
  for (let level = 0; level < 200; level++) deep = [deep];
  assert.throws(() => writePickle(deep), RangeError);
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function python(program: string, input: Uint8Array): Uint8Array {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(file, input);
    const code = `import sys, io; sys.stdin = open(${JSON.stringify(file)}); ${program}`;
    const result = new Deno.Command(PYTHON, { args: ["-c", code] }).outputSync();
    assert.ok(result.success, new TextDecoder().decode(result.stderr));
    return result.stdout;
  } finally {
    Deno.removeSync(file);
  }
}
