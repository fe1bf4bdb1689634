/**
 * Runs tests with a temporary folder of their own, and fails when they leave anything behind, there or
 * elsewhere: `deno task test`. What is said to it goes on to `deno test`.
 *
 * @module
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearAway, type Left, leftBehind, type SuiteRun } from "./left_behind.ts";
import { TEST_RUN } from "./test_run.ts";

/** Time that what is ending may take to end, in milliseconds. */
const GRACE_MS = 10_000;

const name = `tests-${crypto.randomUUID().slice(0, 8)}`;
// Sockets lie below, and their paths have a hundred characters at most: a short name.
const run: SuiteRun = { name, folder: join(await Deno.realPath(tmpdir()), name) };
await Deno.mkdir(run.folder);
const code = await runTests(run, Deno.args);
const left = await untilGone(run);
if (left.length > 0) {
  const lines = left.map(({ kind, id, about }) => `${kind} ${id} ${about}`.trim());
  complain(["Tests have left behind:", ...lines].join("\n  "));
  for (const reason of await clearAway(left)) complain(reason);
}
await Deno.remove(run.folder, { recursive: true })
  .catch((error) => complain(`${run.folder} stays: ${error}`));
Deno.exit(code !== 0 ? code : left.length > 0 ? 1 : 0);

async function runTests({ name, folder }: SuiteRun, args: readonly string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-prompt", "--allow-all", ...args],
    env: { TMPDIR: folder, [TEST_RUN]: name },
  }).spawn();
  // A terminal tells both of Ctrl-C, and this one still has to clear up.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  return (await child.status).code;
}

async function untilGone(run: SuiteRun): Promise<Left[]> {
  const deadline = performance.now() + GRACE_MS;
  while (true) {
    const left = await leftBehind(run);
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function complain(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
