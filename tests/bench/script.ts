/** What a program printed, or why it could not be run. */
export type ScriptResult =
  | {
    readonly ok: true;
    readonly stdout: string;
    readonly ms: number;
    /** Of all processors: does not grow where others keep them busy. */
    readonly processorMs: number;
  }
  | { readonly ok: false; readonly reason: string };

/** They choose another kernel than the processor's and would slow the other side down. */
const UNFAIR_VARIABLES = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

/** Debian's interpreter, whatever else comes first in the path: it has Debian's packages. */
export const PYTHON = "/usr/bin/python3";

/** What the shell says where there is no such program. */
const NOT_FOUND = 127;

/**
 * Runs another side's program to its end.
 *
 * @param program name or path
 * @param args its arguments
 * @returns what it printed and how long it took as a process
 */
export async function runScript(program: string, args: readonly string[]): Promise<ScriptResult> {
  const env = Deno.env.toObject();
  for (const name of UNFAIR_VARIABLES) delete env[name];
  const start = performance.now();
  // The shell's own `time` adds a last line: seconds of the processors, in and below the program.
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", 'TIMEFORMAT="%3U %3S"; time "$@"', "bash", program, ...args],
    env,
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const ms = performance.now() - start;
  const lines = new TextDecoder().decode(stderr).trimEnd().split("\n");
  const [user, system] = lines.pop()!.split(" ").map(Number);
  if (code === NOT_FOUND) return { ok: false, reason: `${program} is not installed` };
  if (code !== 0) return { ok: false, reason: lines.at(-1) ?? `${program} ended with ${code}` };
  return {
    ok: true,
    stdout: new TextDecoder().decode(stdout),
    ms,
    processorMs: (user! + system!) * 1000,
  };
}
