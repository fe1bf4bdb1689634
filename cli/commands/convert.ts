import { resolve } from "node:path";
import { type DataListFormat, dataListFormatOf } from "../../shared/format/mod.ts";
import { type Command, EXIT } from "../command_line/mod.ts";

export interface ConvertFile {
  readonly path: string;
  readonly format: DataListFormat;
}

export interface ConvertArguments {
  readonly from: ConvertFile;
  readonly to: ConvertFile;
  /** Whether an existing file may be replaced. */
  readonly force: boolean;
}

export const CONVERT: Command<ConvertArguments> = {
  name: "convert",
  about: "Writes a data list in another form: pickle, JSON or CSV",
  task: "convert",
  hasJson: true,
  forms: [{
    positionals: [
      { name: "data_list", about: "what to read: .pkl, .pickle, .json or .csv" },
      { name: "new_data_list", about: "what to write; the ending of its name tells the form" },
    ],
    options: { force: { about: "replaces the new file if it is there already", short: "f" } },
  }],
  notes: `A pickle gets protocol 4, whatever protocol it had; nothing in a pickle is ever executed.
What the new form holds in another way is told as a note (a tuple becomes a list), what it cannot keep
as a loss (JSON has no NaN). Labels, views and image names are carried over as they are; whether they
are right is told when the data list is registered.`,
  exitCodes: { [EXIT.lossy]: "converted, but the listed values could not be kept" },
  examples: [
    { about: "to look at it", line: "deno task convert sample_data/data.pkl /tmp/data.csv" },
    {
      about: "back again, over what is there",
      line: "deno task convert /tmp/data.csv /tmp/data.pkl --force",
    },
  ],
  read({ positionals, options }): ConvertArguments {
    const [from, to] = positionals as [string, string];
    if (resolve(from) === resolve(to)) throw new SyntaxError("both files are the same");
    return { from: fileOf(from), to: fileOf(to), force: options["force"] === true };
  },
};

function fileOf(path: string): ConvertFile {
  try {
    return { path: resolve(path), format: dataListFormatOf(path) };
  } catch {
    throw new SyntaxError(`${path} must end in .pkl, .pickle, .json or .csv`);
  }
}
