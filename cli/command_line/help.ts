import { type Command, commonOptions, type Form, type Option } from "./command.ts";
import { EXIT_CODES } from "./exit_codes.ts";

/** Longest line of a help, to fit common terminals. */
const WIDTH = 100;
const GAP = "  ";

export function usageLines(command: Command<unknown>): string[] {
  return command.forms.flatMap((form, index) => {
    const begin = `${index === 0 ? "usage: " : "       "}deno task ${command.name}`;
    const words = [
      ...(form.word === undefined ? [] : [form.word]),
      ...form.positionals.map(({ name, optional, many }) => {
        const word = `<${name}>${many ? "…" : ""}`;
        return optional ? `[${word}]` : word;
      }),
      ...Object.entries(form.options).map(([name, { value }]) =>
        `[--${name}${value ? ` ${value}` : ""}]`
      ),
    ];
    return wrap(words, begin, " ".repeat("usage: deno task ".length + 2), " \\");
  });
}

export function commandHelp(command: Command<unknown>): string {
  const { about, forms, notes, exitCodes, examples } = command;
  const codes = Object.entries({ ...EXIT_CODES, ...exitCodes }).map(([code, text]) => [code, text]);
  const parts = [
    usageLines(command),
    wrap(`${about}.`.split(" ")),
    table("arguments", forms.flatMap(positionalRows)),
    table("options", [
      ...forms.flatMap(({ options }) => optionRows(options)),
      ...optionRows(commonOptions(command)),
    ]),
    notes === "" ? [] : notes.split("\n"),
    table("exit codes", codes),
    ["examples:", ...examples.flatMap(({ line, about }) => [`${GAP}# ${about}`, `${GAP}${line}`])],
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n");
}

/** Returns the list of commands and exit codes. */
export function overview(commands: readonly Command<unknown>[]): string {
  const rows = commands.map(({ name, about }) => [name, about]);
  const parts = [
    ["mammoeval evaluates screening-mammography classifiers on your own exams."],
    table("deno task …", rows),
    table("exit codes of all of them", Object.entries(EXIT_CODES)),
    [
      "deno task <command> --help says more of each, with examples.",
      "MAMMOEVAL_URL names a running service to use, MAMMOEVAL_TOKEN the token that it asks for;",
      "without, a command does the work in its own process. NO_COLOR=1 switches colours off.",
    ],
  ];
  return parts.map((lines) => lines.join("\n")).join("\n\n");
}

function positionalRows({ positionals }: Form): [string, string][] {
  return positionals.map(({ name, about }) => [`<${name}>`, about]);
}

function optionRows(options: Readonly<Record<string, Option>>): [string, string][] {
  return Object.entries(options).map(([name, { about, value, short }]) => [
    `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`,
    about,
  ]);
}

/** Formats a table with a title; repeated names appear once. */
function table(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const unique = new Map(rows.map(([name = "", about = ""]) => [name, about]));
  const width = Math.max(...[...unique.keys()].map((name) => name.length));
  const lines = [...unique].flatMap(([name, about]) =>
    wrap(about.split(" "), `${GAP}${name.padEnd(width)}${GAP}`, " ".repeat(width + 2 * GAP.length))
  );
  return [`${title}:`, ...lines];
}

/** Wraps words into lines; `continued` ends each line but the last. */
function wrap(words: readonly string[], begin = "", indent = "", continued = ""): string[] {
  const lines: string[] = [];
  let line = begin;
  for (const word of words) {
    const longer = line === "" || line.endsWith(" ") ? `${line}${word}` : `${line} ${word}`;
    if (longer.length + continued.length <= WIDTH) {
      line = longer;
      continue;
    }
    lines.push(line + continued);
    line = `${indent}${word}`;
  }
  return [...lines, line];
}
