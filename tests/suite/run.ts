/**
 * Runs tests in parallel lanes with a separate temporary folder, and fails if they leave anything behind, there or
 * elsewhere. `deno task test` calls it. Options are passed to `deno test`.
 *
 * Usage: run.ts [options as --name=value] <files and folders>
 *
 * @module
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entryOf, type Lane, lanesOf, slowest, totalsOf } from "./lanes.ts";
import { clearAway, type Left, leftBehind, type SuiteRun } from "./left_behind.ts";
import { giveWay } from "../../shared/give_way.ts";
import { TEST_RUN } from "./test_run.ts";

/** Time for processes and containers to end after the tests, in milliseconds. */
const GRACE_MS = 10_000;
const SLOWEST = 10;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
/** Nice value of the other lanes: the one that shares the engine takes longest and should not wait for them. */
const OTHERS_NICE = 5;

const began = performance.now();
const name = `tests-${crypto.randomUUID().slice(0, 8)}`;
// The name is short because the folder contains sockets, whose paths have at most about 100 characters.
const run: SuiteRun = { name, folder: join(await Deno.realPath(tmpdir()), name) };
const reports = await Deno.makeTempDir({ prefix: "mammoeval-reports-" });
await Deno.mkdir(run.folder);
const code = await runTests(run, Deno.args);
const left = await untilGone(run);
if (left.length > 0) {
  const lines = left.map(({ kind, id, about }) => `${kind} ${id} ${about}`.trim());
  complain(["Tests have left behind:", ...lines].join("\n  "));
  for (const reason of await clearAway(left)) complain(reason);
}
await Deno.remove(reports, { recursive: true });
await Deno.remove(run.folder, { recursive: true })
  .catch((error) => complain(`could not remove ${run.folder}: ${error}`));
Deno.exit(code !== 0 ? code : left.length > 0 ? 1 : 0);

/** Runs the lanes. Shows the output of the first live and that of each other one after it, so that lines do not mix. */
async function runTests(run: SuiteRun, args: readonly string[]): Promise<number> {
  const options = args.filter((arg) => arg.startsWith("-"));
  const lanes = await lanesOf(args.filter((arg) => !arg.startsWith("-")));
  // Check types once, not in every lane.
  const files = lanes.flatMap((lane) => lane.files);
  const checked = await new Deno.Command(Deno.execPath(), { args: ["check", "--quiet", ...files] })
    .spawn().status;
  if (!checked.success) return checked.code;
  const running = await Promise.all(
    lanes.map((lane, index) => startLane(run, lane, { index, options })),
  );
  // A terminal sends Ctrl-C to all processes, and this one still has to clean up.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => running.forEach(({ child }) => child.kill("SIGTERM")));
  let output = "";
  for (const { show } of running) output += await show();
  const { passed, failed, ignored } = totalsOf(output);
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  const written = running.map(({ report }) => Deno.readTextFile(report).catch(() => ""));
  say(
    `The ${SLOWEST} slowest tests:\n${slowest(await Promise.all(written), SLOWEST).join("\n")}\n\n`,
  );
  say(`total: ${passed} passed, ${failed} failed, ${ignored} ignored in ${minutes} min\n`);
  const codes = await Promise.all(running.map(({ child }) => child.status));
  return codes.find(({ code }) => code !== 0)?.code ?? 0;
}

interface RunningLane {
  readonly child: Deno.ChildProcess;
  /** Path of its JUnit report. */
  readonly report: string;
  /** Shows its output, past and future, until it ends, and returns all of it. */
  show(): Promise<string>;
}

async function startLane(
  { name, folder }: SuiteRun,
  { files, sharesEngine }: Lane,
  { index, options }: { index: number; options: readonly string[] },
): Promise<RunningLane> {
  const report = join(reports, `${index}.xml`);
  const entry = join(reports, `lane_${index}_test.ts`);
  await Deno.writeTextFile(entry, await entryOf(files));
  const args = ["test", "--no-prompt", "--allow-all", "--no-check", `--junit-path=${report}`];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, ...options, `--config=${CONFIG}`, entry],
    env: { TMPDIR: folder, [TEST_RUN]: name },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (!sharesEngine) giveWay(OTHERS_NICE, child.pid);
  let kept = "";
  let isShown = false;
  const take = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      kept += text;
      if (isShown) say(text);
    }
  };
  const ended = Promise.all([take(child.stdout), take(child.stderr)]);
  return {
    child,
    report,
    async show(): Promise<string> {
      say(kept);
      isShown = true;
      await ended;
      return kept;
    },
  };
}

async function untilGone(run: SuiteRun): Promise<Left[]> {
  const deadline = performance.now() + GRACE_MS;
  while (true) {
    const left = await leftBehind(run);
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function say(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

function complain(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
