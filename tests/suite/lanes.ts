import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";

/** One `deno test` process, which runs in parallel with others. */
export interface Lane {
  readonly files: readonly string[];
  /** Whether its tests use the shared container engine. */
  readonly sharesEngine: boolean;
}

/** Totals of a run. */
export interface Totals {
  passed: number;
  failed: number;
  ignored: number;
}

const TEST_FILE = /_test\.tsx?$/;
/** Tests that import these modules use a real engine or cluster. They share one engine, so they run in sequence. */
const SHARES_ENGINE = /support\/(?:engine|slurm)\.ts/;

/**
 * Divides test files into lanes that run in parallel: one for tests that share the engine, which mostly wait, and two
 * for all others.
 *
 * @param paths files and folders
 * @returns lanes with at least one file each
 */
export async function lanesOf(paths: readonly string[]): Promise<Lane[]> {
  const lanes: string[][] = [[], [], []];
  let turn = 0;
  for (const path of paths) {
    for (const file of await testFiles(path)) {
      const sharesEngine = SHARES_ENGINE.test(await Deno.readTextFile(file));
      lanes[sharesEngine ? 2 : turn++ % 2]!.push(file);
    }
  }
  return lanes.map((files, at) => ({ files, sharesEngine: at === 2 }))
    .filter(({ files }) => files.length > 0);
}

async function testFiles(path: string): Promise<string[]> {
  if ((await Deno.stat(path)).isFile) return [path];
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
    if (name === "node_modules") continue;
    if (isDirectory) found.push(...await testFiles(join(path, name)));
    else if (isFile && TEST_FILE.test(name)) found.push(join(path, name));
  }
  return found.toSorted();
}

/**
 * Writes one module that imports the test files of a lane. Otherwise Deno starts a runtime for each test file, which
 * loads all imports again and takes half of the unit tests' processor time.
 */
export async function entryOf(files: readonly string[]): Promise<string> {
  const paths = await Promise.all(files.map((file) => Deno.realPath(file)));
  return paths.map((path) => `import ${JSON.stringify(pathToFileURL(path))};\n`).join("");
}

const SUMMARY =
  /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored)?/gm;

/**
 * @param output of one `deno test` or several
 * @returns the sums of their summaries
 */
export function totalsOf(output: string): Totals {
  const totals: Totals = { passed: 0, failed: 0, ignored: 0 };
  for (const [, passed, failed, ignored] of stripVTControlCharacters(output).matchAll(SUMMARY)) {
    totals.passed += Number(passed);
    totals.failed += Number(failed);
    totals.ignored += Number(ignored ?? 0);
  }
  return totals;
}

const CASE = /<testcase name="([^"]*)" classname="([^"]*)" time="([\d.]+)"/g;

/**
 * @param reports JUnit files as `deno test` writes them
 * @param count maximum number of tests
 * @returns the slowest tests, one per line: seconds, file, name
 */
export function slowest(reports: readonly string[], count: number): string[] {
  const cases = reports.flatMap((report) =>
    [...report.matchAll(CASE)].map(([, name, file, time]) => ({
      name,
      file,
      seconds: Number(time),
    }))
  ).filter(({ name }) => !name!.includes(" &gt; ")); // a test's time includes its steps
  return cases.toSorted((a, b) => b.seconds - a.seconds).slice(0, count)
    .map(({ name, file, seconds }) =>
      `${seconds.toFixed(1).padStart(7)} s  ${file}  ${plain(name!)}`
    );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&apos;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
};

function plain(text: string): string {
  return text.replaceAll(/&(?:quot|apos|lt|gt|amp);/g, (entity) => ENTITIES[entity]!);
}
