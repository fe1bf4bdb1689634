import assert from "node:assert/strict";
import { unpickle, type Unpickled } from "./unpickle.ts";

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/**
 * CPython 3.11.2, `pickle.dumps(v, p).hex()` for p = 2, 3, 4 of
 * `v = [{'L-CC': ['a/b'], 'R-CC': ['a/b', 'c'], 'n': None, 't': (1,), 'cancer_label':
 * {'left_malignant': True, 'right_malignant': False}, 'f': 0.25,
 * 'i': [-1, 255, 65535, 70000, 2**40, -2**40], 'u': 'ä€'}]`
 */
const BODY =
  "5d71007d71012858040000004c2d434371025d71035803000000612f627104615804000000522d434371055d7106" +
  "28680458010000006371076558010000006e71084e58010000007471094b0185710a580c00000063616e6365725f" +
  "6c6162656c710b7d710c28580e0000006c6566745f6d616c69676e616e74710d88580f00000072696768745f6d61" +
  "6c69676e616e74710e8975580100000066710f473fd000000000000058010000006971105d7111284affffffff4b" +
  "ff4dffff4a701101008a060000000000018a060000000000ff6558010000007571125805000000c3a4e282ac7113" +
  "75612e";
const PROTOCOL_4 =
  "800495ae000000000000005d947d94288c044c2d4343945d948c03612f6294618c04522d4343945d942868048c01" +
  "6394658c016e944e8c0174944b0185948c0c63616e6365725f6c6162656c947d94288c0e6c6566745f6d616c6967" +
  "6e616e7494888c0f72696768745f6d616c69676e616e749489758c016694473fd00000000000008c0169945d9428" +
  "4affffffff4bff4dffff4a701101008a060000000000018a060000000000ff658c0175948c05c3a4e282ac947561" +
  "2e";

const VALUE: Unpickled = [
  new Map<Unpickled, Unpickled>([
    ["L-CC", ["a/b"]],
    ["R-CC", ["a/b", "c"]],
    ["n", null],
    ["t", [1]],
    ["cancer_label", new Map([["left_malignant", true], ["right_malignant", false]])],
    ["f", 0.25],
    ["i", [-1, 255, 65535, 70000, 2 ** 40, -(2 ** 40)]],
    ["u", "ä€"],
  ]),
];

for (
  const [name, hex] of [["2", `8002${BODY}`], ["3", `8003${BODY}`], ["4", PROTOCOL_4]] as const
) {
  Deno.test(`unpickle() reads plain data in protocol ${name}`, () => {
    assert.deepEqual(unpickle(bytesOf(hex)), VALUE);
  });
}

Deno.test("unpickle() reads bytes and tuples of any length", () => {
  assert.deepEqual(unpickle(bytesOf("80034302010271002e")), Uint8Array.of(1, 2));
  assert.deepEqual(unpickle(bytesOf("8002284b014b024b034b047471002e")), [1, 2, 3, 4]);
});

Deno.test("unpickle() reads the committed sample list", async () => {
  const file = new URL("../../../sample_data/data.pkl", import.meta.url);
  const list = unpickle(await Deno.readFile(file)) as Map<string, Unpickled>[];
  assert.equal(list.length, 4);
  assert.deepEqual(list[0]!.get("L-CC"), ["0_L_CC"]);
});

Deno.test("unpickle() refuses every class by name", () => {
  const name = /refers to collections\.OrderedDict/;
  const global = "800263636f6c6c656374696f6e730a4f726465726564446963740a7100295271012e";
  assert.throws(() => unpickle(bytesOf(global)), name);
  const stackGlobal =
    "80049522000000000000008c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493942952942e";
  assert.throws(() => unpickle(bytesOf(stackGlobal)), name);
});

Deno.test("unpickle() refuses newer protocols and opcodes that act", () => {
  assert.throws(() => unpickle(bytesOf("80054e2e")), /protocol 5/);
  assert.throws(() => unpickle(bytesOf("80024e522e")), /opcode 0x52/); // REDUCE
});

Deno.test("unpickle() fails with a SyntaxError wherever a file is cut off", () => {
  const whole = bytesOf(PROTOCOL_4);
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => unpickle(whole.subarray(0, length)), SyntaxError, `${length} bytes`);
  }
});

Deno.test("unpickle() refuses integers that a number cannot hold", () => {
  assert.throws(() => unpickle(bytesOf("80028a0800000000000000402e")), RangeError); // 2 ** 62
});
