import { parseArgs } from "node:util";
import { type Command, commonOptions, type Form, type Given, type Option } from "./command.ts";
import { didYouMean } from "./nearest.ts";
import { usageLines } from "./help.ts";

/** An invalid command line; the message includes the usage. */
export class UsageError extends SyntaxError {
  /** Why, in one sentence. */
  readonly reason: string;

  constructor(reason: string, usage: readonly string[]) {
    super([reason, ...usage].join("\n"));
    this.name = "UsageError";
    this.reason = reason;
  }
}

export type CommandLine<Arguments> =
  | { readonly kind: "help" | "version" }
  | { readonly kind: "run"; readonly args: Arguments; readonly json: boolean };

/**
 * `--help` and `--version` take precedence over errors.
 * @throws {UsageError} with what is wrong and the usage
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
      // Not strict, to report errors in our own words.
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

/** The first word must select a form: `token list` is no user named list. */
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
  // The next option is no value: in `--role --days 3` the value is missing.
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
