import assert from "node:assert/strict";
import fc from "fast-check";
import { LOG_LINE_CHARS_MAX } from "../../../shared/limits.ts";
import { createLineSplitter, runCommand } from "./command.ts";
import { PIECE_STAMP } from "./container_engine.ts";

function split(...pieces: readonly string[]): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

Deno.test("lines are cut at their ends, the last one needs none", () => {
  assert.deepEqual(split("a\nb\r\n\nc"), ["a", "b", "", "c"]);
  assert.deepEqual(split(""), []);
});

Deno.test("of a line that was written over only what stands at the end counts", () => {
  assert.deepEqual(split("\r 1%\r 50%\r100%\r\ndone\n"), ["100%", "done"]);
  assert.deepEqual(split("\r 1%", "\r 2%", "\r"), [" 2%"]);
});

Deno.test("property: where the pieces break does not matter", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "ü", "\n", "\r", " "), maxLength: 200 });
  fc.assert(fc.property(text, fc.array(fc.nat(200)), (whole, cuts) => {
    const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
    const pieces = places.slice(1).map((end, at) => whole.slice(places[at], end));
    assert.deepEqual(split(...pieces), split(whole));
  }));
});

Deno.test("a bar that is still being written over is told as a draft", () => {
  const drafts: string[] = [];
  const splitter = createLineSplitter(() => {}, (text) => drafts.push(text));
  for (const piece of ["\r 1%|", "\r 2", "%|\r", " 3%|\r 4%", "|\n"]) splitter.push(piece);
  assert.deepEqual(drafts, [" 1%|", " 2", " 2%|", " 4%"]);
});

Deno.test("a stamp stays before a line that was written over, and goes from its midst", () => {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line), () => {}, /^T\d /);
  splitter.push("T1 \r 1%\r 2%\nT2 a long T2 line\nT3 ");
  for (let update = 0; update < 10_000; update++) splitter.push(`\r ${update} of 10000 T3 done`);
  splitter.push("\n\nT4 no end");
  splitter.end();
  assert.deepEqual(lines, ["T1  2%", "T2 a long line", "T3  9999 of 10000 done", "", "T4 no end"]);
});

Deno.test("an over-long line is cut, one without end comes in pieces", () => {
  const [line] = split("x".repeat(LOG_LINE_CHARS_MAX + 1) + "\n");
  assert.equal(line, "x".repeat(LOG_LINE_CHARS_MAX) + " …");
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (let piece = 0; piece < 1000; piece++) splitter.push("y".repeat(1000));
  splitter.push("END\nnext\n");
  assert.ok(lines.every((line) => line.length <= LOG_LINE_CHARS_MAX + 2));
  assert.ok(lines.length > 10, "it is not kept quiet");
  assert.equal(lines.at(-1), "next");
});

Deno.test("a character that two chunks share is read whole", async () => {
  const lines: string[] = [];
  const script = "printf 'gr\\303'; sleep 0.1; printf '\\274n\\n'; printf 'err\\n' >&2";
  const result = await runCommand("bash", ["-c", script], {
    onLine: (line, stream) => lines.push(`${stream} ${line}`),
  });
  assert.equal(result.exitCode, 0);
  assert.deepEqual(lines.sort(), ["stderr err", "stdout grün"]);
  assert.equal(result.stdout, "grün\n");
});

Deno.test("the last words are kept, whatever their bytes, without a newline, after a kill", async () => {
  for (const [bytes, text] of [["ok", "ok"], ["\\303\\251", "é"], ["x\\303", "x\ufffd"]]) {
    const lines: string[] = [];
    const script = `printf 'begun\\n'; printf '${bytes}' >&2; kill -9 $$`;
    const onLine = (line: string): void => void lines.push(line);
    const { exitCode } = await runCommand("bash", ["-c", script], { onLine });
    assert.equal(exitCode, 128 + 9);
    assert.deepEqual(lines.sort(), ["begun", text!]);
  }
});

Deno.test("arguments reach a program as they are: no shell reads them", async () => {
  const args = ["$(id)", "a b", "'", '"', ";ls", "*", ""];
  const result = await runCommand("bash", ["-c", 'printf "%s\\0" "$@"', "bash", ...args]);
  assert.deepEqual(result.stdout.split("\0").slice(0, -1), args);
});

Deno.test("the exit code and the signal are told, the output is bounded", async () => {
  assert.equal((await runCommand("bash", ["-c", "exit 7"])).exitCode, 7);
  assert.equal((await runCommand("bash", ["-c", "kill -9 $$"])).exitCode, 137);
  const { stdout } = await runCommand("bash", [
    "-c",
    "head -c 300000 /dev/zero | tr '\\0' z; echo E",
  ]);
  assert.equal(stdout.length, 64 * 1024);
  assert.ok(stdout.endsWith("zE\n"));
});

Deno.test("a program that is not there ends with 127 and says so", async () => {
  const result = await runCommand("mammoeval-no-such-program", []);
  assert.equal(result.exitCode, 127);
  assert.match(result.stderr, /mammoeval-no-such-program cannot be started: it is not installed/);
});

Deno.test("a program can be given something to read", async () => {
  const result = await runCommand("bash", ["-c", "read line; echo got $line"], { input: "it\n" });
  assert.equal(result.stdout, "got it\n");
  const deaf = await runCommand("bash", ["-c", "exit 3"], { input: "x".repeat(1_000_000) });
  assert.equal(deaf.exitCode, 3);
});

Deno.test("an abort kills the program, also one that was given before", async () => {
  const abort = new AbortController();
  const running = runCommand("bash", ["-c", "echo on; exec sleep 600"], {
    signal: abort.signal,
    onLine: () => abort.abort(),
  });
  const result = await running;
  assert.equal(result.exitCode, 137);
  assert.ok(result.aborted);
  const late = await runCommand("sleep", ["600"], { signal: AbortSignal.abort() });
  assert.equal(late.exitCode, 137);
});

for (const callback of ["onLine", "onBytes"] as const) {
  Deno.test(`what ${callback} throws ends the program, and is thrown`, async () => {
    let pid = 0;
    await assert.rejects(
      runCommand("bash", ["-c", "echo $$; exec sleep 600"], {
        [callback](said: string | Uint8Array): void {
          pid = Number(typeof said === "string" ? said : new TextDecoder().decode(said));
          throw new RangeError("full");
        },
      }),
      /full/,
    );
    assert.throws(() => Deno.statSync(`/proc/${pid}`), Deno.errors.NotFound);
  });
}

Deno.test("a given environment is the whole environment", async () => {
  const result = await runCommand("/usr/bin/env", [], { environment: { ONLY: "this" } });
  assert.equal(result.stdout, "ONLY=this\n");
});

Deno.test("stamps of the pieces of a line are removed, also while it is overwritten", () => {
  const [lines, drafts]: [string[], string[]] = [[], []];
  const splitter = createLineSplitter(
    (line) => lines.push(line),
    (draft) => drafts.push(draft),
    /^2030\S+ /,
    PIECE_STAMP,
  );
  const at = (ms: number): string => `2030-01-01T00:00:00.${ms}Z `;
  splitter.push(`${at(100)}10%\r${at(200)}20%\r`);
  splitter.push(`${at(300)}done \n${at(400)}a${at(500)}b\n`);
  assert.deepEqual(drafts, ["20%"]);
  assert.deepEqual(lines, [`${at(100)}done `, `${at(400)}ab`]);
});
