import assert from "node:assert/strict";
import { join } from "node:path";
import { type PickleValue, readPickle, writePickle } from "../shared/format/mod.ts";
import { parseCommandLine } from "./command_line/mod.ts";
import { CONVERT } from "./commands/convert.ts";
import { convert } from "./convert.ts";
import { asFailure, tellFailure } from "./failure.ts";
import { keepingConsole } from "../tests/support/console.ts";

const PROJECT = new URL("..", import.meta.url).pathname;
const SAMPLE = join(PROJECT, "sample_data");

/** Runs the command; returns its exit code and output. */
async function run(...args: string[]): Promise<{ code: number; results: string[]; said: string }> {
  const { console, out, err } = keepingConsole();
  const line = parseCommandLine(CONVERT, args);
  assert.equal(line.kind, "run");
  const code = await convert((line as Extract<typeof line, { kind: "run" }>).args, console).then(
    ({ exitCode }) => exitCode,
    (error) => {
      tellFailure(asFailure(error), console, false);
      return asFailure(error).exitCode;
    },
  );
  return { code, results: out.map((text) => text.trimEnd()), said: err.join("").trimEnd() };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-convert-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("convert: there and back through every form", () =>
  inFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    const steps: [string, string][] = [
      [join(SAMPLE, "data.pkl"), at("a.json")],
      [at("a.json"), at("b.csv")],
      [at("b.csv"), at("c.pickle")],
      [at("c.pickle"), at("d.json")],
    ];
    for (const [from, to] of steps) {
      const { code, results, said } = await run(from, to);
      assert.deepEqual([code, results, said], [0, [`${to}: 4 exams`], ""]);
    }
    const [first, last] = [at("a.json"), at("d.json")].map((path) =>
      JSON.parse(Deno.readTextFileSync(path))
    );
    assert.deepEqual(last, first);
    assert.deepEqual([...Deno.readFileSync(at("c.pickle")).subarray(0, 2)], [0x80, 4]);
  }));

Deno.test("convert: losses are told and end with 3, notes with 0", () =>
  inFolder(async (folder) => {
    const exam = readSample();
    exam.set("x", NaN).set("y", Uint8Array.of(1));
    const from = join(folder, "odd.pkl");
    await Deno.writeFile(from, writePickle([exam, exam]));
    const lossy = await run(from, join(folder, "odd.json"));
    assert.equal(lossy.code, 3);
    assert.match(lossy.said, /^loss: x: NaN became None \(2 exams, first exam 0\)$/m);
    assert.match(lossy.said, /^loss: y: is gone/m);
    assert.ok((await Deno.stat(join(folder, "odd.json"))).isFile, "the rest is there");
    const many = readSample();
    for (let index = 0; index < 30; index++) many.set(`k${index}`, new Set(["a"]));
    await Deno.writeFile(from, writePickle([many]));
    const noted = await run(from, join(folder, "many.json"));
    assert.equal(noted.code, 0);
    assert.match(noted.said, /^note: k0: set became list \(exam 0\)$/m);
    assert.match(noted.said, /^and 10 more$/m);
  }));

function readSample(): Map<PickleValue, PickleValue> {
  const [exam] = readPickle(Deno.readFileSync(join(SAMPLE, "data.pkl"))) as PickleValue[];
  return exam as Map<PickleValue, PickleValue>;
}

Deno.test("convert: what cannot be is told with the reason and leaves no file", () =>
  inFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    await Deno.writeFile(at("hostile.pkl"), new TextEncoder().encode("cos\nsystem\n(S'id'\ntR."));
    await Deno.writeTextFile(at("there.json"), "[]");
    const cases: [string[], RegExp][] = [
      [[at("nothing.pkl"), at("a.json")], /No such file/],
      [[at("hostile.pkl"), at("a.json")], /refers to "os.system", .* never loaded/],
      [[join(SAMPLE, "data.pkl"), at("there.json")], /there already: add --force/],
      [[join(SAMPLE, "data.pkl"), at("no/folder/a.json")], /No such file/],
    ];
    for (const [args, reason] of cases) {
      const { code, results, said } = await run(...args);
      assert.deepEqual([code, results], [1, []]);
      assert.match(said, reason);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "hostile.pkl",
      "there.json",
    ]);
    assert.equal((await run(join(SAMPLE, "data.pkl"), at("there.json"), "--force")).code, 0);
  }));

Deno.test("convert: arguments that are wrong", () => {
  const refused: [string[], RegExp][] = [
    [[], /0 arguments where at least 2 are needed: <data_list> is missing/],
    [["a.pkl"], /<new_data_list> is missing/],
    [["a.pkl", "b.json", "c.csv"], /"c.csv" is too much/],
    [["a.pkl", "b.txt"], /b\.txt must end in/],
    [["a.pkl", "./a.pkl"], /the same/],
    [["a.pkl", "b.json", "--fast"], /no option --fast/],
    [["a.pkl", "b.json", "--forse"], /no option --forse; did you mean --force\?/],
    [["a.pkl", "b.json", "--force=yes"], /--force takes no value/],
    [["a.pkl", "b.json", "-f", "--force"], /--force is given twice/],
  ];
  for (const [args, reason] of refused) {
    assert.throws(() => parseCommandLine(CONVERT, args), (error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, reason);
      assert.match(error.message, /usage: deno task convert/);
      return true;
    });
  }
});

Deno.test("convert: as a task, with the permissions it gets", () =>
  inFolder(async (folder) => {
    const task = async (...args: string[]): Promise<{ code: number; text: string }> => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "--no-prompt", "--allow-env", "--allow-read"],
          ...[`--allow-run=${Deno.execPath()}`, join(PROJECT, "cli/launch.ts"), "convert"],
          ...args,
        ],
        cwd: PROJECT,
      }).output();
      return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    const to = join(folder, "data.csv");
    const done = await task("sample_data/data.pkl", to);
    assert.deepEqual([done.code, done.text], [0, `${to}: 4 exams\n`]);
    assert.equal((await task("sample_data/data.pkl")).code, 2);
    const help = await task("--help");
    assert.equal(help.code, 0, help.text);
    assert.match(help.text, /^usage: deno task convert/);
  }));
