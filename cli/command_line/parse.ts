import { parseArgs } from "node:util";
import { type Command, commonOptions, type Form, type Given, type Option } from "./command.ts";
import { didYouMean } from "./nearest.ts";
import { usageLines } from "./help.ts";

/** A command line that cannot be understood; its message says why, and how it would be right. */
export class UsageError extends SyntaxError {
  /** Why, in one sentence. */
  readonly reason: string;

  constructor(reason: string, usage: readonly string[]) {
    super([reason, ...usage].join("\n"));
    this.name = "UsageError";
    this.reason = reason;
  }
}

/** A command line that was understood. */
export type CommandLine<Arguments> =
  | { readonly kind: "help" | "version" }
  | { readonly kind: "run"; readonly args: Arguments; readonly json: boolean };

/**
 * Reads a command line.
 *
 * @returns what to do; `--help` and `--version` win over everything that is wrong beside them
 * @throws {UsageError} saying what is wrong and how the command is called
 */
export function parseCommandLine<Arguments>(
  command: Command<Arguments>,
  args: readonly string[],
): CommandLine<Arguments> {
  try {
    const options = optionsOf(command);
    const { tokens, positionals, values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(
        Object.entries(options).map(([name, { value, short }]) => [name, {
          type: value === undefined ? "boolean" : "string",
          ...(short === undefined ? {} : { short }),
        }]),
      ),
      allowPositionals: true,
      // What is wrong is said in our own words, by the tokens.
      strict: false,
      tokens: true,
    });
    if (values["help"] === true) return { kind: "help" };
    if (values["version"] === true) return { kind: "version" };
    const { form, rest } = chooseForm(command, positionals);
    const given: Record<string, string | true> = {};
    for (const token of tokens) {
      if (token.kind !== "option") continue;
      const { name, rawName } = token;
      if (Object.hasOwn(given, name)) throw new Error(`${rawName} is given twice`);
      given[name] = checkedOption(token, { ...form.options, ...commonOptions(command) });
    }
    checkCount(form, rest);
    const { json, ...own } = given;
    const word = form.word ?? null;
    const read = command.read({ word, positionals: rest, options: own } satisfies Given);
    return { kind: "run", args: read, json: json === true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot ${command.task}: ${reason}`, [
      ...usageLines(command),
      `deno task ${command.name} --help says more`,
    ]);
  }
}

function optionsOf(command: Command<unknown>): Record<string, Option> {
  const own = command.forms.map(({ options }) => options);
  return Object.assign({}, ...own, commonOptions(command));
}

/** What a form's first word is not, it does not take: `token list` is no user named list. */
function chooseForm(
  { forms }: Command<unknown>,
  positionals: readonly string[],
): { form: Form; rest: readonly string[] } {
  if (forms[0].word === undefined) return { form: forms[0], rest: positionals };
  const words = forms.map(({ word }) => word ?? "");
  const [first, ...rest] = positionals;
  if (first === undefined) throw new Error(`say ${words.join(", ")}`);
  const form = forms.find(({ word }) => word === first);
  if (form !== undefined) return { form, rest };
  throw new Error(`${JSON.stringify(first)} is not ${words.join(", ")}${didYouMean(first, words)}`);
}

function checkedOption(
  token: {
    name: string;
    rawName: string;
    value?: string | undefined;
    inlineValue?: boolean | undefined;
  },
  options: Readonly<Record<string, Option>>,
): string | true {
  const { name, rawName, value, inlineValue } = token;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const known = Object.keys(options).map((key) => `--${key}`);
    throw new Error(`there is no option ${rawName}${didYouMean(rawName, known)}`);
  }
  if (option.value === undefined) {
    if (value !== undefined) throw new Error(`${rawName} takes no value`);
    return true;
  }
  // The next option is no value: `--role --days 3` lacks one.
  if (value === undefined || value === "" || (inlineValue !== true && value.startsWith("-"))) {
    throw new Error(`${rawName} needs a value: ${rawName} ${option.value}`);
  }
  return value;
}

function checkCount({ positionals }: Form, given: readonly string[]): void {
  const needed = positionals.filter(({ optional }) => optional !== true);
  const missing = needed.find((_, index) => (given[index] ?? "") === "");
  if (missing !== undefined) {
    throw new Error(
      given.length < needed.length
        ? `${given.length} arguments where at least ${needed.length} are needed: ` +
          `<${missing.name}> is missing`
        : `<${missing.name}> is empty`,
    );
  }
  if (given.length > positionals.length && positionals.at(-1)?.many !== true) {
    const extra = JSON.stringify(given[positionals.length]);
    throw new Error(`${extra} is too much: at most ${positionals.length} arguments are taken`);
  }
}
