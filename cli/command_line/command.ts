export interface Positional {
  /** Name in the usage, between angle brackets. */
  readonly name: string;
  readonly about: string;
  /** Whether it and all later ones may be omitted. */
  readonly optional?: true;
  /** Whether it may be repeated; only the last of a form may. */
  readonly many?: true;
}

export interface Option {
  readonly about: string;
  /** Placeholder of its value in the usage; an option without one is a flag. */
  readonly value?: string;
  /** One letter. */
  readonly short?: string;
}

/** One way to call a command. */
export interface Form {
  /** First word, which selects the form; a command with a single form has none. */
  readonly word?: string;
  readonly positionals: readonly Positional[];
  readonly options: Readonly<Record<string, Option>>;
}

/** A command line that runs as it is in the project's folder. */
export interface Example {
  readonly line: string;
  readonly about: string;
}

/** Parsed words of a command line, before the command reads them. */
export interface Given {
  /** First word of a command with several forms. */
  readonly word: string | null;
  /** At least the required ones, at most those of the form. */
  readonly positionals: readonly string[];
  /** Values of options by name; true for a flag. */
  readonly options: Readonly<Record<string, string | true>>;
}

/** A command: its usage and how to read its arguments. */
export interface Command<Arguments> {
  readonly name: string;
  /** One line for the help. */
  readonly about: string;
  /** What failed if the arguments are wrong: `Cannot <task>: …`. */
  readonly task: string;
  readonly forms: readonly [Form, ...Form[]];
  /** Further lines of the help. */
  readonly notes: string;
  /** Exit codes that differ from {@link EXIT_CODES} or are missing there. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  readonly examples: readonly [Example, ...Example[]];
  /** Whether its result can be one JSON document. */
  readonly hasJson: boolean;
  /** @throws {Error} with what is wrong; the caller adds the usage */
  read(given: Given): Arguments;
}

/** Options of every command; `json` only for commands with a result. */
export const COMMON_OPTIONS = {
  json: { about: "prints one JSON document on standard output, also of a failure" },
  help: { about: "shows this", short: "h" },
  version: { about: "shows mammoeval's version" },
} as const satisfies Record<string, Option>;

export function commonOptions({ hasJson }: Command<unknown>): Readonly<Record<string, Option>> {
  const { json, ...others } = COMMON_OPTIONS;
  return hasJson ? { json, ...others } : others;
}
