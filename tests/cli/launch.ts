import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";

/** The flags of the tasks in deno.json: all that the launcher itself may do. */
export const LAUNCH: readonly string[] = [
  Deno.execPath(),
  ...["run", "--quiet", "--no-prompt", "--allow-env", "--allow-read"],
  `--allow-run=${Deno.execPath()}`,
  join(PROJECT, "cli/launch.ts"),
];

/** What a terminal is told to write over a line. */
export const CLEAR_LINE = "\r\x1b[K";

/** A command that has ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whether a terminal can be had: `script` is one. */
export const hasTerminal: boolean = await new Deno.Command("script", {
  args: ["--version"],
  stdout: "null",
}).output().then(({ success }) => success, () => false);

/**
 * Begins a command; it has no running service to use unless the environment names one.
 *
 * @param command program and arguments
 * @param home the results volume
 * @param environment further variables
 * @param stdin what it reads
 * @param cwd working folder
 */
export function begin(
  command: readonly string[],
  home: string,
  environment: Readonly<Record<string, string>> = {},
  stdin: "null" | "piped" = "null",
  cwd = PROJECT,
): Deno.ChildProcess {
  const [program, ...args] = command;
  return new Deno.Command(program!, {
    args,
    cwd,
    env: {
      MAMMOEVAL_HOME: home,
      MAMMOEVAL_EXECUTOR: "process",
      MAMMOEVAL_URL: "",
      NO_COLOR: "",
      TERM: "xterm",
      ...environment,
    },
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** @returns what became of it */
export async function ended(child: Deno.ChildProcess): Promise<Ended> {
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out!, stderr: err! };
}

/** Runs a command to its end. */
export async function start(
  command: readonly string[],
  home: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return await ended(begin(command, home, environment));
}

/** @returns the command as it runs on a terminal, whose output is the standard output */
export function onTerminal(command: readonly string[]): string[] {
  const quoted = command.map((part) => `'${part}'`).join(" ");
  return ["script", "--quiet", "--return", "--command", quoted, "/dev/null"];
}

/** Runs a test with a folder of its own. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A data list like that of sample_data, with an image that is not there. */
export async function faultyList(folder: string): Promise<string> {
  const list = JSON.parse(await Deno.readTextFile(join(PROJECT, "sample_data/data.json")));
  list[2]["L-CC"] = ["not_there"];
  const path = join(folder, "faulty.json");
  await Deno.writeTextFile(path, JSON.stringify(list));
  return path;
}

/** The data list of sample_data. */
const SAMPLE_LIST = join(PROJECT, "sample_data/data.pkl");

/** `evaluate` with everything below a folder, without intervals. */
export function evaluateArguments(folder: string, list = SAMPLE_LIST): string[] {
  const images = join(PROJECT, "sample_data/images");
  return [
    ...["evaluate", "reference", "exp1", images, join(folder, "prep"), list],
    ...[join(folder, "out"), "cpu", "-", "no_bootstrap"],
  ];
}
