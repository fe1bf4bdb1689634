/** A word that a command takes by its place. */
export interface Positional {
  /** As it is written in the usage, between angle brackets. */
  readonly name: string;
  /** What it is, for the help. */
  readonly about: string;
  /** Whether it may be left out; what follows may be left out too. */
  readonly optional?: true;
  /** Whether any number of words may stand here; only the last of a form's. */
  readonly many?: true;
}

/** What a command takes by its name. */
export interface Option {
  /** What it does, for the help. */
  readonly about: string;
  /** How its value is written in the usage; an option without is a flag. */
  readonly value?: string;
  /** One letter. */
  readonly short?: string;
}

/** One way to call a command. */
export interface Form {
  /** First word, which tells the form from the others; a command with a single form has none. */
  readonly word?: string;
  readonly positionals: readonly Positional[];
  readonly options: Readonly<Record<string, Option>>;
}

/** A line that can be run as it stands in the project's folder. */
export interface Example {
  readonly line: string;
  readonly about: string;
}

/** What a command line gave, before it is understood. */
export interface Given {
  /** First word of a command with several forms. */
  readonly word: string | null;
  /** As many as the form needs, at most as many as it has. */
  readonly positionals: readonly string[];
  /** Values of options by name; true for a flag. */
  readonly options: Readonly<Record<string, string | true>>;
}

/** A command: how it is called, and what its arguments mean. */
export interface Command<Arguments> {
  /** As it stands behind `deno task`. */
  readonly name: string;
  /** One line: what it is for. */
  readonly about: string;
  /** What could not be done when the arguments are wrong: `Cannot <task>: …`. */
  readonly task: string;
  readonly forms: readonly [Form, ...Form[]];
  /** Further lines of the help. */
  readonly notes: string;
  /** Exit codes that mean something else here than in {@link EXIT_CODES}, or that others lack. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  readonly examples: readonly [Example, ...Example[]];
  /** Whether it has a result that can be one JSON document. */
  readonly hasJson: boolean;
  /**
   * @param given positionals and options of one of its forms
   * @throws {Error} with what is wrong; the caller adds how the command is called
   */
  read(given: Given): Arguments;
}

/** Options that every command has; `json` only where there is a result. */
export const COMMON_OPTIONS = {
  json: { about: "prints one JSON document on standard output, also of a failure" },
  help: { about: "shows this", short: "h" },
  version: { about: "shows mammoeval's version" },
} as const satisfies Record<string, Option>;

/** @returns the options that it has besides those of its forms */
export function commonOptions({ hasJson }: Command<unknown>): Readonly<Record<string, Option>> {
  const { json, ...others } = COMMON_OPTIONS;
  return hasJson ? { json, ...others } : others;
}
