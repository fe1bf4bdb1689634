import type { Exam, Fault } from "../../domain/mod.ts";
import type { PickleValue } from "../pickle/mod.ts";

/** One exam with all keys as written, except that views are lists of names. */
export type DataListEntry = Map<string, PickleValue>;

/** A data list: its exams, and all faults. */
export interface DataList {
  /** Exams without faults, in order; all exams when `errors` is empty. */
  readonly exams: readonly Exam[];
  /** Exams with faults, as far as readable, so that their images can be checked too. */
  readonly faultyExams: readonly Pick<Exam, "index" | "id" | "images">[];
  /** All exams with all keys, for writing; views are lists of names without `.png`. */
  readonly entries: readonly DataListEntry[];
  /** All faults; `row` is the 0-based position, for CSV the 1-based line. */
  readonly errors: readonly Fault[];
  /** Doubts that did not prevent reading. */
  readonly warnings: readonly Fault[];
}

/** Format of a data list: pickle, JSON or CSV. */
export type DataListFormat = "pkl" | "json" | "csv";

const FORMAT_OF_ENDING: Readonly<Record<string, DataListFormat | undefined>> = {
  pkl: "pkl",
  pickle: "pkl",
  json: "json",
  csv: "csv",
};

const PACKED: ReadonlySet<string> = new Set(["gz", "bz2", "xz", "zst", "zip", "7z"]);

/**
 * The format by the file extension.
 * @throws {TypeError} naming the accepted extensions
 */
export function dataListFormatOf(fileName: string): DataListFormat {
  const ending = /\.([^./]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? "";
  const format = Object.hasOwn(FORMAT_OF_ENDING, ending) ? FORMAT_OF_ENDING[ending] : undefined;
  if (format === undefined) {
    const packed = PACKED.has(ending) ? "; unpack it first" : "";
    throw new TypeError(
      `Cannot tell the format of the data list: its name must end in .pkl, .pickle, .json or .csv${packed}`,
    );
  }
  return format;
}
