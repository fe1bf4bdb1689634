import { type Command, commandHelp, EXIT, parseCommandLine } from "./command_line/mod.ts";
import { type Console, openConsole } from "./console.ts";
import { asFailure, tellFailure } from "./failure.ts";

/** What a command has done. */
export interface Outcome {
  readonly exitCode: number;
  /** The result as JSON; what people read has been printed. */
  readonly document: unknown;
}

/**
 * Runs a command from its command line to its exit code. The one place where results become a
 * document and what is thrown becomes a message.
 */
export async function runCommand<Arguments>(
  command: Command<Arguments>,
  work: (args: Arguments, console: Console) => Promise<Outcome>,
  args: readonly string[] = Deno.args,
): Promise<never> {
  let console = openConsole(false);
  let json = wantsJson(args);
  try {
    const line = parseCommandLine(command, args);
    if (line.kind !== "run") {
      console.result(line.kind === "help" ? commandHelp(command) : versionText());
      Deno.exit(EXIT.done);
    }
    json = line.json;
    console = openConsole(json);
    const { exitCode, document } = await work(line.args, console);
    console.end();
    if (json) console.document(document);
    Deno.exit(exitCode);
  } catch (error) {
    const failure = asFailure(error);
    tellFailure(failure, console, json);
    Deno.exit(failure.exitCode);
  }
}

/** @returns what `--version` prints */
export function versionText(): string {
  return `mammoeval ${VERSION} (Deno ${Deno.version.deno})`;
}

/**
 * @param args a command line that may be wrong
 * @returns whether a failure is to be told as JSON too
 */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end).includes("--json");
}

/** Version of mammoeval; `deno.json` is the one place where it stands. */
const VERSION: string = JSON.parse(
  Deno.readTextFileSync(new URL("../deno.json", import.meta.url)),
).version;
