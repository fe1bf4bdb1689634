import assert from "node:assert/strict";
import { readArguments } from "./arguments.ts";

const FOLDER = new URL("../", import.meta.url);

/** `NAME=value` lines with bare values. */
function assignments(text: string): Map<string, string> {
  const lines = text.matchAll(/^([A-Z][A-Z_]*)=([0-9.]+)$/gm);
  return new Map(Array.from(lines, ([, name, value]) => [name!, value!]));
}

Deno.test("config.txt, predict.sh, model.json and the program agree on the parameters", async () => {
  const config = assignments(await Deno.readTextFile(new URL("config.txt", FOLDER)));
  const script = assignments(await Deno.readTextFile(new URL("predict/predict.sh", FOLDER)));
  const manifest = JSON.parse(await Deno.readTextFile(new URL("model.json", FOLDER)));
  assert.deepEqual(config, script);
  assert.deepEqual(Object.keys(manifest.parameters).sort(), [...config.keys()].sort());
  const six = ["d.pkl", "images", "p.csv", "exp", "cpu", "prep"];
  const options = Array.from(config, ([name, value]) => `--${name}=${value}`);
  assert.deepEqual(readArguments(six), readArguments([...six, ...options]));
});

Deno.test("the model needs nothing but itself and Deno", async () => {
  for await (const entry of Deno.readDir(new URL("predict/", FOLDER))) {
    if (!entry.name.endsWith(".ts") || entry.name.endsWith("_test.ts")) continue;
    const source = await Deno.readTextFile(new URL(`predict/${entry.name}`, FOLDER));
    for (const [, from] of source.matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)) {
      assert.match(from!, /^(\.\/[a-z_]+\.ts|node:zlib)$/, `${entry.name} imports ${from}`);
    }
  }
});
