/**
 * Changes one token of the product at a time, in a copy, and looks whether a unit test that imports the
 * changed file fails: `deno task mutate [--mutants N] [--seed S] [--under FOLDER]`. Survivors are listed: each is a
 * change that no test notices, or one that changes nothing.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { isProduct, projectFiles, root } from "../architecture/project_files.ts";
import { createRandom } from "../chaos/random.ts";
import { copyModules } from "../support/copy_modules.ts";
import { entryOf } from "../suite/lanes.ts";
import { readImporters, testsOf } from "./importers.ts";
import { type Mutant, mutantsOf, mutated } from "./mutants.ts";

/** Test files that are run for one mutant: the nearest first, then those further away. */
const ROUNDS = [[0, 8], [8, 40]] as const;
/** Time that the tests of one round have, in seconds; beyond it the change has made them hang. */
const DEADLINE_S = 900;
/** What only bounds or draws: a change by one is right as well. */
const LEFT_OUT = /^shared\/(?:limits|settings)\.ts$/;

type Fate = "killed" | "hung" | "survived" | "untested";

const { values } = parseArgs({
  options: {
    mutants: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    under: { type: "string", default: "" },
  },
});

/** A mutant with its file, by its path from the root. */
interface Placed {
  readonly file: string;
  readonly text: string;
  readonly mutant: Mutant;
}

const all = await allMutants(values.under);
const chosen = choose(all, Number(values.mutants), createRandom(Number(values.seed)));
say(`${all.length} mutants, ${chosen.length} of them are tried`);
const importers = await readImporters();
const copy = await Deno.makeTempDir({ prefix: "mammoeval-mutants-" });
const fates: { placed: Placed; fate: Fate }[] = [];
try {
  await copyProject(copy);
  for (const placed of chosen) {
    const fate = await fateOf(placed);
    fates.push({ placed, fate });
    say(`${String(fates.length).padStart(4)} ${fate.padEnd(8)} ${describe(placed)}`);
  }
} finally {
  await Deno.remove(copy, { recursive: true });
}
const count = (fate: Fate): number => fates.filter((one) => one.fate === fate).length;
say(
  `${count("killed")} killed, ${count("survived")} survived, ${count("hung")} hung, ` +
    `${count("untested")} imported by no unit test`,
);
for (const { placed, fate } of fates) if (fate !== "killed") say(`${fate}: ${describe(placed)}`);

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function allMutants(under: string): Promise<Placed[]> {
  const found: Placed[] = [];
  for await (const path of projectFiles()) {
    const file = path.slice(root.length);
    if (!isProduct(file) || LEFT_OUT.test(file) || !file.startsWith(under)) continue;
    const text = await Deno.readTextFile(path);
    found.push(...mutantsOf(file, text).map((mutant) => ({ file, text, mutant })));
  }
  return found.toSorted((a, b) => a.file.localeCompare(b.file) || a.mutant.start - b.mutant.start);
}

function choose(all: readonly Placed[], count: number, random: () => number): Placed[] {
  const left = [...all];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0]!,
  );
}

/** Copies what git knows or would add, and the packages. */
async function copyProject(copy: string): Promise<void> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  }).output();
  for (const path of new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "")) {
    await Deno.mkdir(dirname(join(copy, path)), { recursive: true });
    await Deno.copyFile(join(root, path), join(copy, path));
  }
  await copyModules(root, copy);
  await Deno.mkdir(join(copy, "tmp"));
}

async function fateOf({ file, text, mutant }: Placed): Promise<Fate> {
  const tests = testsOf(file, importers);
  if (tests.length === 0) return "untested";
  await Deno.writeTextFile(join(copy, file), mutated(text, mutant));
  try {
    for (const [from, to] of ROUNDS) {
      const round = tests.slice(from, to);
      const fate = round.length === 0 ? "survived" : await fateIn(round);
      if (fate !== "survived") return fate;
    }
    return "survived";
  } finally {
    await Deno.writeTextFile(join(copy, file), text);
  }
}

async function fateIn(tests: readonly string[]): Promise<Fate> {
  const entry = join(copy, "mutant_test.ts");
  await Deno.writeTextFile(entry, await entryOf(tests.map((test) => join(copy, test))));
  // `timeout` ends the tests with all that they have started.
  const { code } = await new Deno.Command("timeout", {
    args: [
      ...["--kill-after=10", String(DEADLINE_S), Deno.execPath()],
      ...["test", "--quiet", "--no-prompt", "--allow-all", "--no-check", "--fail-fast", entry],
    ],
    cwd: copy,
    env: { TMPDIR: join(copy, "tmp") },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return code === 0 ? "survived" : code === 124 || code === 137 ? "hung" : "killed";
}

function describe({ file, text, mutant }: Placed): string {
  const line = text.slice(0, mutant.start).split("\n").length;
  const code = text.split("\n")[line - 1]!.trim();
  return `${file}:${line} \`${mutant.was}\` → \`${mutant.becomes}\` in ${code}`;
}
