import type { AskKernel } from "./judge_access.ts";

/**
 * Prints the arguments that cannot be read, each followed by a NUL. Fails unless it runs as `$0`: setpriv takes too large
 * an id modulo 2^32.
 */
const PRINT_CLOSED =
  '[ "$(id -u):$(id -g)" = "$0" ] || exit 1; for file; do [ -r "$file" ] || printf "%s\\0" "$file"; done';

/** Asks by a shell that has become the user, which only root can; it has no capabilities, as a container. */
export const askKernel: AskKernel = async ({ uid, gid }, folder, names) => {
  if (Deno.uid() !== 0) return null;
  const become = ["--reuid", String(uid), "--regid", String(gid), "--clear-groups"];
  // The shell starts in the folder, as a mount does: the way to it does not count. The dots keep names from being options.
  const script = ["sh", "-c", PRINT_CLOSED, `${uid}:${gid}`];
  const args = [...become, ...script, ...names.map((name) => `./${name}`)];
  try {
    const shell = new Deno.Command("setpriv", { args, cwd: folder, stdin: "null" });
    const { success, stdout } = await shell.output();
    if (!success) return null;
    const closed = new TextDecoder().decode(stdout).split("\0").slice(0, -1);
    return new Set(closed.map((name) => name.slice("./".length)));
  } catch {
    return null; // setpriv is not installed, or the folder has gone
  }
};
