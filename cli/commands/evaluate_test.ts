import assert from "node:assert/strict";
import { resolve } from "node:path";
import { type Command, parseCommandLine } from "../command_line/mod.ts";
import { EVALUATE, type EvaluateArguments } from "./evaluate.ts";
import { SCORE, type ScoreArguments } from "./score.ts";

function read<Arguments>(command: Command<Arguments>, args: readonly string[]): Arguments {
  const line = parseCommandLine(command, args);
  assert.ok(line.kind === "run");
  return line.args;
}

const readEvaluateArguments = (args: readonly string[]): EvaluateArguments => read(EVALUATE, args);
const readScoreArguments = (args: readonly string[]): ScoreArguments => read(SCORE, args);

const SEVEN = ["nyu_gmic", "exp1", "images", "/prep", "data.pkl", "out", "gpu"];

Deno.test("nine arguments in the order of run.sh, paths made absolute", () => {
  assert.deepEqual(readEvaluateArguments([...SEVEN, "1", "no_bootstrap"]), {
    model: "nyu_gmic",
    experiment: "exp1",
    images: resolve("images"),
    preprocessed: "/prep",
    dataList: resolve("data.pkl"),
    results: resolve("out"),
    device: "gpu",
    gpu: 1,
    bootstrap: false,
  });
});

Deno.test("device, gpu number and flag as people write them", () => {
  const cases: [
    tail: string[],
    device: string,
    gpu: number | number[] | "auto",
    bootstrap: boolean,
  ][] = [
    [["cpu"], "cpu", "auto", true],
    [["CPU", "-"], "cpu", "auto", true],
    [["cpu", "-", "no_bootstrap"], "cpu", "auto", false],
    [["cpu", "no_bootstrap"], "cpu", "auto", false],
    [["cpu", "0", "bootstrap"], "cpu", "auto", true],
    [["GPU", "3"], "gpu", 3, true],
    [["gpu", "0,2", "NO_BOOTSTRAP"], "gpu", [0, 2], false],
    [["gpu", "auto"], "gpu", "auto", true],
    [["gpu"], "gpu", "auto", true],
    [["cpu", "", "no_bootstrap"], "cpu", "auto", false],
  ];
  for (const [tail, device, gpu, bootstrap] of cases) {
    const read = readEvaluateArguments([...SEVEN.slice(0, 6), ...tail]);
    assert.deepEqual(
      [read.device, read.gpu, read.bootstrap],
      [device, gpu, bootstrap],
      tail.join(" "),
    );
  }
});

Deno.test("what is missing or too much is told with the usage", () => {
  const refused: [args: string[], message: RegExp][] = [
    [[], /0 arguments where at least 7 are needed/],
    [SEVEN.slice(0, 6), /6 arguments/],
    [[...SEVEN.slice(0, 6), "tpu"], /the device is gpu or cpu, not "tpu"/],
    [[...SEVEN, "1,x"], /GPU "1,x" is not an index/],
    [
      [...SEVEN.slice(0, 6), "cpu", "nobootstrap"],
      /GPU "nobootstrap" is not an index; did you mean no_bootstrap\?/,
    ],
    [[...SEVEN, "-"], /GPU "-" is not an index/],
    [[...SEVEN, "1", "no_bootstrap", "more"], /"more" is too much/],
    [[...SEVEN, "1", "nobootstrap"], /"nobootstrap" is not no_bootstrap/],
  ];
  for (const [args, message] of refused) {
    assert.throws(
      () => readEvaluateArguments(args),
      (error: Error) =>
        error instanceof SyntaxError && message.test(error.message) &&
        error.message.includes("usage: deno task evaluate"),
      args.join(" "),
    );
  }
});

Deno.test("score takes a list, a file and perhaps a flag", () => {
  const { dataList, predictions, bootstrap } = readScoreArguments(["a.pkl", "/b.csv"]);
  assert.deepEqual([dataList, predictions, bootstrap], [resolve("a.pkl"), "/b.csv", true]);
  assert.equal(readScoreArguments(["a", "b", "No_Bootstrap"]).bootstrap, false);
  for (const args of [[], ["a"], ["a", "b", "fast"], ["a", "b", "no_bootstrap", "c"]]) {
    assert.throws(() => readScoreArguments(args), /usage: deno task score/);
  }
});
