import assert from "node:assert/strict";
import { join } from "node:path";
import { freePort } from "../support/free_port.ts";
import { CLEAR_LINE, evaluateArguments, faultyList, inFolder, LAUNCH, start } from "./launch.ts";

/** A command line with `--json`, and how it ends. */
type Case = readonly [args: readonly string[], exitCode: number, type: string];

Deno.test("with --json standard output is one document, whatever goes wrong", () =>
  inFolder(async (folder) => {
    const home = join(folder, "home");
    const missing = join(folder, "missing");
    const nonsense = join(folder, "nonsense.csv");
    await Deno.writeTextFile(nonsense, "a,b\n1,2\n");
    const away = { MAMMOEVAL_URL: `http://127.0.0.1:${freePort()}` };
    const cases: [Case, Record<string, string>][] = [
      [[["evaluate", "reference"], 2, "usage"], {}],
      [[["evaluate", ...evaluateArguments(folder).slice(1), "too", "much"], 2, "usage"], {}],
      [[evaluateArguments(folder, await faultyList(folder)), 1, "invalid_data_list"], {}],
      [[evaluateArguments(folder, missing), 1, "path_not_allowed"], {}],
      [[evaluateArguments(folder), 1, "no_answer"], away],
      [[["score", missing, missing], 1, "failed"], {}],
      [[["score", "sample_data/data.pkl", nonsense], 1, "invalid_predictions"], {}],
      [[["convert", `${missing}.pkl`, join(folder, "out.csv")], 1, "failed"], {}],
      [[["check-model", missing], 1, "not_found"], {}],
      [[["token", "create", "ada", "--role", "king"], 2, "usage"], {}],
      [[["token", "revoke", "0123456789ab"], 1, "not_found"], {}],
      [[["doctor", "please"], 2, "usage"], {}],
      [[["dance"], 2, "usage"], {}],
      [[["doctor"], 2, "setting"], { MAMMOEVAL_PORT: "many" }],
    ];
    for (const [[args, exitCode, type], environment] of cases) {
      const ended = await start([...LAUNCH, ...args, "--json"], home, environment);
      const { code, stdout, stderr } = ended;
      const which = `${args.join(" ")}\n${stderr}`;
      assert.equal(code, exitCode, which);
      const document = JSON.parse(stdout);
      assert.equal(document.type, type, which);
      assert.ok(document.message.length > 10, which);
      assert.ok(stderr.includes(document.message.split("\n")[0]), "people are told too");
      assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace");
      assert.ok(!(stdout + stderr).includes("\x1b"), which);
    }
    const { code, stdout } = await start([...LAUNCH, "doctor", "--json"], home, away);
    assert.deepEqual([code, JSON.parse(stdout).ok], [1, false]);
  }));

Deno.test("with --json standard output is one document, when all goes well", () =>
  inFolder(async (folder) => {
    const args = [...evaluateArguments(folder), "--json"];
    const { code, stdout, stderr } = await start([...LAUNCH, ...args], join(folder, "home"));
    assert.equal(code, 0, stderr);
    const { evaluation, files } = JSON.parse(stdout);
    assert.equal(evaluation.status, "succeeded");
    for (const path of Object.values<string>(files)) assert.ok((await Deno.stat(path)).size > 0);
    assert.match(stderr, /^reference: /m, "what goes on is told beside it");
    assert.ok(!stderr.includes(CLEAR_LINE), "no bar where there is no terminal");
  }));

/** Runs a pipeline in a shell; says how each part ended. */
async function pipeline(first: readonly string[], second: string, home: string): Promise<{
  codes: string;
  stderr: string;
}> {
  const script = `"$@" | ${second}; echo "\${PIPESTATUS[*]}"`;
  const { stdout, stderr } = await start(["bash", "-c", script, "bash", ...first], home);
  return { codes: stdout.trim().split("\n").at(-1)!, stderr };
}

Deno.test("whoever has read enough gets no more, and no complaint", () =>
  inFolder(async (folder) => {
    const home = join(folder, "home");
    const evaluated = await start([...LAUNCH, ...evaluateArguments(folder)], home);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    const predictions = join(folder, "out", "reference_exp1_predictions.csv");
    const score = ["score", "sample_data/data.pkl", predictions, "no_bootstrap"];
    // Longer than a pipe holds is only the JSON; `true` has gone before anything is written.
    for (
      const args of [["help"], ["evaluate", "--help"], ["doctor"], score, [...score, "--json"]]
    ) {
      const unread = await pipeline([...LAUNCH, ...args], "true", home);
      assert.deepEqual(unread, { codes: "141 0", stderr: "" }, args.join(" "));
    }
    const { codes, stderr } = await pipeline([...LAUNCH, ...score, "--json"], "head -1", home);
    assert.match(codes, /^(0|141) 0$/);
    assert.equal(stderr, "");
    const error = join(folder, "error");
    const silent = await pipeline(
      ["bash", "-c", `"$@" 2>&1 >${error}`, "bash", ...LAUNCH, ...score],
      "true",
      home,
    );
    assert.equal(silent.codes, "0 0", "progress and warnings may go unread");
  }));
