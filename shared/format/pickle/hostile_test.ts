import assert from "node:assert/strict";
import fc from "fast-check";
import { CANARY, HOSTILE_PICKLES } from "../../../tests/support/hostile_pickles.ts";
import { PickleError, readPickle, writePickle } from "./mod.ts";
import { OPCODES } from "./opcodes.ts";

const GOLDEN = new URL("../../../tests/golden/pickle/", import.meta.url);

for (const { name, bytes, refusal } of HOSTILE_PICKLES) {
  Deno.test(`readPickle refuses: ${name}`, () => {
    assert.throws(() => readPickle(bytes), { name: "PickleError", message: refusal });
    assert.throws(() => Deno.statSync(CANARY), Deno.errors.NotFound);
  });
}

Deno.test("readPickle: the corpus is large enough, and no message is long or raw", () => {
  assert.ok(HOSTILE_PICKLES.length >= 60);
  for (const { bytes } of HOSTILE_PICKLES) {
    try {
      readPickle(bytes);
    } catch (error) {
      assert.ok(error instanceof PickleError && error.offset <= bytes.length);
      // deno-lint-ignore no-control-regex
      assert.match(error.message, /^Cannot read the pickle at byte \d+: [^\0-\x1f]{10,300}[^.]$/);
    }
  }
});

/** Names of the golden files that are small enough for byte-by-byte tests. */
function smallGoldenFiles(): string[] {
  return [...Deno.readDirSync(GOLDEN)].map(({ name }) => name)
    .filter((name) => name.endsWith(".pkl") && Deno.statSync(new URL(name, GOLDEN)).size < 4000);
}

Deno.test("readPickle: a file cut off at any byte is refused", () => {
  for (const name of smallGoldenFiles()) {
    const bytes = Deno.readFileSync(new URL(name, GOLDEN));
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => readPickle(bytes.subarray(0, length)), PickleError, `${name} ${length}`);
    }
  }
});

/** Reads a pickle; allows only a value or a PickleError. */
function readOrRefuse(bytes: Uint8Array): void {
  let value;
  try {
    value = readPickle(bytes);
  } catch (error) {
    if (error instanceof PickleError) return;
    throw error;
  }
  try {
    writePickle(value); // walks the whole value as a tree
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // class names cannot be written
  }
}

Deno.test("readPickle: golden files with bytes changed are read or refused, never worse", () => {
  const files = smallGoldenFiles().map((name) => Deno.readFileSync(new URL(name, GOLDEN)));
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (file, changes) => {
        const bytes = file.slice();
        for (const [position, byte] of changes) bytes[position % bytes.length] = byte;
        readOrRefuse(bytes);
      },
    ),
    { numRuns: 3000, seed: 20260101 },
  );
});

Deno.test("readPickle: any sequence of opcodes is read or refused, never worse", () => {
  const global = fc.constantFrom(
    "numpy\ndtype\n",
    "numpy\nndarray\n",
    "numpy.core.multiarray\n_reconstruct\n",
    "numpy.core.multiarray\nscalar\n",
    "numpy.core.numeric\n_frombuffer\n",
    "_codecs\nencode\n",
    "builtins\nset\n",
    "builtins\nbytearray\n",
    "collections\nOrderedDict\n",
  ).map((name) => [OPCODES.GLOBAL, ...new TextEncoder().encode(name)]);
  const opcode = fc.constantFrom(...Object.values(OPCODES)).chain((code) =>
    fc.uint8Array({ maxLength: 3 }).map((operand) => [code, ...operand])
  );
  const small = fc.constantFrom(
    [OPCODES.BINGET, 0],
    [OPCODES.BINGET, 1],
    [OPCODES.MEMOIZE],
    [OPCODES.MARK],
    [OPCODES.BININT1, 1],
    [OPCODES.EMPTY_LIST],
    [OPCODES.EMPTY_DICT],
    [OPCODES.EMPTY_TUPLE],
    [OPCODES.APPEND],
    [OPCODES.SETITEM],
    [OPCODES.TUPLE],
    [OPCODES.TUPLE2],
    [OPCODES.REDUCE],
    [OPCODES.BUILD],
    [OPCODES.ADDITEMS],
    [OPCODES.SHORT_BINUNICODE, 2, 0x66, 0x38],
    [OPCODES.SHORT_BINSTRING, 1, 0xe9],
  );
  const program = fc.array(fc.oneof(global, opcode, { arbitrary: small, weight: 6 }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(program, (parts) => readOrRefuse(Uint8Array.from([...parts.flat(), OPCODES.STOP]))),
    { numRuns: 10_000, seed: 20260101 },
  );
});

Deno.test("readPickle: limits can be narrowed", () => {
  const bytes = writePickle([[1n, "text"]]);
  assert.throws(() => readPickle(bytes, { bytesMax: 5 }), /the limit is 5/);
  assert.throws(() => readPickle(bytes, { depthMax: 1 }), /nested more than 1 levels deep/);
  assert.throws(() => readPickle(bytes, { elementsMax: 3 }), /over 3 values/);
  assert.throws(() => readPickle(bytes, { expandedBytesMax: 100 }), /expands to over 100 bytes/);
  assert.deepStrictEqual(readPickle(bytes, { depthMax: 2, elementsMax: 100 }), [[1n, "text"]]);
});

Deno.test("readPickle: shared values are shared, and keys like __proto__ are keys", () => {
  const shared = ["x"];
  const [first, second] = readPickle(writePickle([shared, shared])) as unknown[];
  assert.equal(first, second);
  const map = readPickle(writePickle(new Map([["__proto__", 1n], ["constructor", 2n]])));
  assert.deepStrictEqual(map, new Map([["__proto__", 1n], ["constructor", 2n]]));
  assert.equal((Object.prototype as unknown as Record<string, unknown>)["polluted"], undefined);
});
