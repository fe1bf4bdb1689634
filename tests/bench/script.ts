/** What a program printed, or why it could not be run. */
export type ScriptResult =
  | { readonly ok: true; readonly stdout: string; readonly ms: number }
  | { readonly ok: false; readonly reason: string };

/** They choose another kernel than the processor's and would slow the other side down. */
const UNFAIR_VARIABLES = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

/** Debian's interpreter, whatever else comes first in the path: it has Debian's packages. */
export const PYTHON = "/usr/bin/python3";

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
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      env,
      clearEnv: true,
      stdout: "piped",
      stderr: "piped",
    }).output();
    const ms = performance.now() - start;
    if (success) return { ok: true, stdout: new TextDecoder().decode(stdout), ms };
    const last = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
    return { ok: false, reason: last ?? `${program} failed` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { ok: false, reason: `${program} is not installed` };
    }
    throw error;
  }
}
