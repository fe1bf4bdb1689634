import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type DataListFormat, dataListFormatOf } from "../shared/format/mod.ts";

/** One file of a conversion. */
export interface ConvertFile {
  /** Absolute path. */
  readonly path: string;
  /** What the ending of its name says. */
  readonly format: DataListFormat;
}

/** What `convert` is asked to do. */
export type ConvertArguments =
  | { readonly kind: "help" }
  | {
    readonly kind: "convert";
    readonly from: ConvertFile;
    readonly to: ConvertFile;
    /** Whether a file that is there already may be replaced. */
    readonly force: boolean;
  };

/** How `convert` is called. */
export const CONVERT_USAGE = `usage: deno task convert <data list> <new data list> [--force]

Writes a data list in another form. The endings of the names tell the forms: .pkl (or .pickle), .json
or .csv. A pickle gets protocol 4, whatever protocol it had; nothing in a pickle is ever executed.

  --force   replaces the new file if it is there already
  --help    shows this

What the new form holds in another way is told as a note (a tuple becomes a list), what it cannot keep
as a loss (JSON has no NaN). Labels, views and image names are carried over as they are; whether they
are right is told when the data list is registered.

exit code: 0 converted, nothing is lost
           1 not converted: the file cannot be read or written; the reason is told
           2 wrong arguments
           3 converted, but some values could not be kept: they are told

example: deno task convert sample_data/data.pkl /tmp/data.csv`;

/**
 * Reads the arguments of `convert`.
 *
 * @param args the command line
 * @throws {SyntaxError} with the usage, when something is missing or unknown
 */
export function readConvertArguments(args: readonly string[]): ConvertArguments {
  const { values, positionals } = parsed(args);
  if (values.help) return { kind: "help" };
  const [from, to] = positionals;
  if (!from || !to || positionals.length > 2) {
    throw refusal("name the data list, and the file to write");
  }
  if (resolve(from) === resolve(to)) throw refusal("both files are the same");
  return { kind: "convert", from: fileOf(from), to: fileOf(to), force: values.force ?? false };
}

function parsed(args: readonly string[]): {
  values: { help?: boolean | undefined; force?: boolean | undefined };
  positionals: string[];
} {
  try {
    return parseArgs({
      args: [...args],
      options: { help: { type: "boolean", short: "h" }, force: { type: "boolean", short: "f" } },
      allowPositionals: true,
    });
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : String(error));
  }
}

function fileOf(path: string): ConvertFile {
  try {
    return { path: resolve(path), format: dataListFormatOf(path) };
  } catch {
    throw refusal(`${path} must end in .pkl, .pickle, .json or .csv`);
  }
}

function refusal(reason: string): SyntaxError {
  return new SyntaxError(`Cannot convert: ${reason}\n${CONVERT_USAGE}`);
}
