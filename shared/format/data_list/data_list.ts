import type { Exam, Fault } from "../../domain/mod.ts";
import type { PickleValue } from "../pickle/mod.ts";

/** One exam as the data owner wrote it, all keys kept; the views are lists of names by now. */
export type DataListEntry = Map<string, PickleValue>;

/** What a data list holds: everything that is right with it, and everything that is not. */
export interface DataList {
  /** The exams without faults, in order; all exams when `errors` is empty. */
  readonly exams: readonly Exam[];
  /** Exams with faults, as far as they can be read, so that their images can be checked too. */
  readonly faultyExams: readonly Pick<Exam, "index" | "id" | "images">[];
  /** All exams with all keys, to be written again; views are lists of names without `.png`. */
  readonly entries: readonly DataListEntry[];
  /** Every fault of every exam; `row` is the position from 0, for CSV the line from 1. */
  readonly errors: readonly Fault[];
  /** What is doubtful but was read. */
  readonly warnings: readonly Fault[];
}

/** How a data list is written: pickle, JSON or CSV. */
export type DataListFormat = "pkl" | "json" | "csv";

const FORMAT_OF_ENDING: Readonly<Record<string, DataListFormat | undefined>> = {
  pkl: "pkl",
  pickle: "pkl",
  json: "json",
  csv: "csv",
};

/**
 * Tells the format of a data list by the ending of its name.
 *
 * @throws {TypeError} naming the accepted endings
 */
export function dataListFormatOf(fileName: string): DataListFormat {
  const ending = /\.([^./]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? "";
  const format = Object.hasOwn(FORMAT_OF_ENDING, ending) ? FORMAT_OF_ENDING[ending] : undefined;
  if (format === undefined) {
    throw new TypeError(
      "Cannot tell the format of the data list: its name must end in .pkl, .pickle, .json or .csv",
    );
  }
  return format;
}
