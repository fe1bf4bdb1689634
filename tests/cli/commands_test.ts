import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmbedded } from "../support/embedded_service.ts";
import {
  CLEAR_LINE,
  evaluateArguments,
  faultyList,
  hasTerminal,
  inFolder,
  LAUNCH,
  onTerminal,
  start,
} from "./launch.ts";

/** How red begins on a terminal. */
const RED = "\x1b[31m";

Deno.test("evaluate, then score: metrics on standard output, progress beside it, files in place", () =>
  inFolder(async (folder) => {
    const home = join(folder, "home");
    const list = "sample_data/data.pkl";
    const evaluated = await start([...LAUNCH, ...evaluateArguments(folder, list)], home);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    assert.match(
      evaluated.stdout,
      /^Image-level metrics \(16 images, 6 malignant\)\n {2}AUROC: 0\.\d{3}\n/,
    );
    assert.match(evaluated.stdout, /^Breast-level metrics \(8 breasts, 3 malignant\)$/m);
    assert.doesNotMatch(evaluated.stdout, /CI/, "no intervals were asked for");
    assert.ok(!evaluated.stderr.includes(CLEAR_LINE), "a pipe gets plain lines");
    const states = evaluated.stderr.split("\n").filter((line) => line.startsWith("reference: "));
    assert.equal(new Set(states).size, states.length, "a line for each change");
    const predictions = join(folder, "out", "reference_exp1_predictions.csv");
    const files = [...evaluated.stdout.matchAll(/^[\w -]+: (\/.*)$/gm)].map(([, path]) => path!);
    assert.ok(files.length >= 6, files.join());
    assert.equal(files[0], predictions);
    for (const path of files) assert.ok((await Deno.stat(path)).size > 0, path);

    const scored = await start([...LAUNCH, "score", list, predictions, "no_bootstrap"], home);
    assert.equal(scored.code, 0, scored.stderr);
    const metrics = (text: string): string[] =>
      text.split("\n").filter((line) => /AU|Average/.test(line));
    assert.deepEqual(metrics(scored.stdout), metrics(evaluated.stdout));
  }));

Deno.test("a fault in the data: each is named, the exit code says so, nothing was run", () =>
  inFolder(async (folder) => {
    const command = [...LAUNCH, ...evaluateArguments(folder, await faultyList(folder))];
    const { code, stdout, stderr } = await start(command, join(folder, "home"));
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /rejected/);
    assert.match(stderr, /not_there/);
    const results = [...Deno.readDirSync(join(folder, "home", "results"))];
    assert.deepEqual(results, [], "no evaluation was made");
  }));

Deno.test("wrong arguments: the usage, and an exit code of their own", () =>
  inFolder(async (folder) => {
    for (
      const args of [["evaluate", "reference"], ["score"], ["serve", "everything"], ["dance"], []]
    ) {
      const { code, stdout, stderr } = await start([...LAUNCH, ...args], folder);
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(stderr, /^Cannot /);
      assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace");
    }
  }));

Deno.test("the doctor holds a service to its own settings, not to the caller's", () =>
  inFolder(async (folder) => {
    await using service = await startEmbedded({ MAMMOEVAL_DISK_FREE: "900t" });
    const environment = { MAMMOEVAL_URL: service.url, MAMMOEVAL_DISK_FREE: "1k" };
    const { code, stdout, stderr } = await start([...LAUNCH, "doctor"], folder, environment);
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^BROKEN +volume .*at least 921600\.0 GiB are needed$/m);
  }));

/** An engine without accounting of swap, as far as the doctor asks. */
const PRETENDED_ENGINE = `#!/bin/sh
case "$1" in
  version) echo 26.1 ;;
  info) echo true false true true ;;
  *) exit 1 ;;
esac
`;

Deno.test("the doctor notes that limits do not hold, with a pretended engine that cannot bound swap", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "docker"), PRETENDED_ENGINE, { mode: 0o755 });
    const environment = { PATH: `${folder}:${Deno.env.get("PATH")}` };
    const doctor = [...LAUNCH, "doctor"];
    const { code, stdout, stderr } = await start(doctor, join(folder, "home"), environment);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^note +limits +Limits do not hold: the engine cannot bound swap/m);
    assert.match(stdout, /-> docker info says why/);
  }));

Deno.test("a setting that cannot be used is named before anything starts", () =>
  inFolder(async (folder) => {
    const command = ["env", "MAMMOEVAL_PORT=many", ...LAUNCH, "serve", "gateway"];
    const { code, stderr } = await start(command, folder);
    assert.equal(code, 2);
    assert.match(stderr, /MAMMOEVAL_PORT=many: must be a port, 1 to 65535/);
  }));

Deno.test({
  name: "on a terminal progress is one line that changes",
  ignore: !hasTerminal,
  fn: () =>
    inFolder(async (folder) => {
      const inner = [...LAUNCH, ...evaluateArguments(folder, await faultyList(folder))];
      const { code, stdout } = await start(onTerminal(inner), join(folder, "home"));
      assert.equal(code, 1);
      assert.ok(stdout.includes(`checking images and data list${CLEAR_LINE}`));
      assert.ok(stdout.includes(RED), "complaints have their colour");

      const plain = await start(onTerminal(inner), join(folder, "home"), { NO_COLOR: "1" });
      assert.equal(plain.code, 1);
      assert.ok(plain.stdout.includes(CLEAR_LINE), "the line still changes");
      assert.ok(!plain.stdout.includes(RED), "NO_COLOR takes colours away");
    }),
});
