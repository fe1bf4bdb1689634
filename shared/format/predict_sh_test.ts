import assert from "node:assert/strict";
import fc from "fast-check";
import { parametersOf, setParameters as setMap } from "./predict_sh.ts";

function setParameters(script: string, values: Record<string, string>): string {
  return setMap(script, new Map(Object.entries(values)));
}

const SCRIPT = `#!/bin/bash
# MODEL=comment
SAMPLE_PICKLE=$1
MODEL_INDEX="1"
MODEL='a b' # the model
export THREADS=4
if [ "$5" = gpu ]; then
  DEVICE=gpu; BATCH=8
fi
export PYTHONPATH=$(pwd -P):$PYTHONPATH
NOTE="two
MODEL=lines"
ESCAPED=a\\ b"c \\"d\\""
LIST=(1 2)
python3 run.py --MODEL=x "$MODEL"
`;

Deno.test("parametersOf: names and literal values at top level", () => {
  assert.deepStrictEqual(parametersOf(SCRIPT), [
    { name: "SAMPLE_PICKLE", default: null },
    { name: "MODEL_INDEX", default: "1" },
    { name: "MODEL", default: "a b" },
    { name: "THREADS", default: "4" },
    { name: "PYTHONPATH", default: null },
    { name: "NOTE", default: "two\nMODEL=lines" },
    { name: "ESCAPED", default: 'a bc "d"' },
    { name: "LIST", default: null },
  ]);
});

Deno.test("setParameters: replaces the value alone, of exactly that name", () => {
  const copy = setParameters(SCRIPT, { MODEL: "x_[512-512]x2.h5", THREADS: "", BATCH: "1" });
  assert.equal(
    copy,
    SCRIPT.replace("MODEL='a b' #", "MODEL='x_[512-512]x2.h5' #")
      .replace("THREADS=4", "THREADS=''")
      .replace("BATCH=8", "BATCH='1'"),
  );
  assert.equal(setParameters(SCRIPT, {}), SCRIPT);
});

Deno.test("setParameters: every assignment of the name, CRLF and an open quote included", () => {
  assert.equal(setParameters("A=1\r\nB=2\r\n\tA=3", { A: "x" }), "A='x'\r\nB=2\r\n\tA='x'");
  assert.equal(setParameters('A="1\nB=2\n', { A: "x" }), "A='x'\nB=2\n");
  assert.equal(setParameters("A=1 B=2 run\n", { B: "x" }), "A=1 B='x' run\n");
  assert.equal(setParameters("A=\n", { A: "x" }), "A='x'\n");
});

Deno.test("setParameters: a name that is never assigned is refused by name", () => {
  assert.throws(() => setParameters("A=1\n", { MODEL: "x" }), {
    name: "RangeError",
    message: 'Cannot set "MODEL": predict.sh never assigns it, it assigns A',
  });
  assert.throws(() => setParameters("", { toString: "x" }), RangeError);
  assert.throws(() => setParameters("A=1\n", { A: "x\ny" }), TypeError);
});

Deno.test("setParameters: bash reads back every value, and runs none", () => {
  const values = fc.array(
    fc.string({ unit: fc.constantFrom(..."'\"\\$`(){};&|<>*?!# ~a[]=\u00e9") }),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(values, (texts) => {
      const names = texts.map((_, index) => `V${index}`);
      const script = names.map((name) => `${name}="\${HOME}x" # note\n`).join("") +
        names.map((name) => `printf '%s\\0' "$${name}"\n`).join("");
      const set = setParameters(
        script,
        Object.fromEntries(texts.map((text, i) => [`V${i}`, text])),
      );
      const { stdout } = new Deno.Command("bash", { args: ["-c", set] }).outputSync();
      assert.deepStrictEqual(new TextDecoder().decode(stdout).split("\0").slice(0, -1), texts);
      assert.deepStrictEqual(parametersOf(set).map((parameter) => parameter.default), texts);
    }),
    { numRuns: 30 },
  );
});
