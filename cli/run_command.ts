import { type Command, commandHelp, EXIT, parseCommandLine } from "./command_line/mod.ts";
import { type Console, openConsole } from "./console.ts";
import { asFailure, tellFailure } from "./failure.ts";

export interface Outcome {
  readonly exitCode: number;
  /** The result as JSON; the text for people is already printed. */
  readonly document: unknown;
}

/** Runs a command to its exit code. Only here are results printed as JSON and errors turned into messages. */
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

export function versionText(): string {
  return `mammoeval ${VERSION} (Deno ${Deno.version.deno})`;
}

/** Returns whether failures should also be printed as JSON. The command line may be invalid. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end).includes("--json");
}

/** Version of mammoeval, defined only in `deno.json`. */
const VERSION: string = JSON.parse(
  Deno.readTextFileSync(new URL("../deno.json", import.meta.url)),
).version;
