import type { FaultParts } from "../../domain/mod.ts";
import {
  isDataFrame,
  PickleTuple,
  type PickleValue,
  readDataFrame,
  readPickle,
} from "../pickle/mod.ts";
import { setKey } from "./csv_columns.ts";
import { pickleFromJson } from "../json_value.ts";

/** Exams of a data list before validation. */
export interface RawEntries {
  /** One value per exam; a dict, if valid. */
  readonly values: readonly PickleValue[];
  /** Position of each exam: 0-based, or its line in a CSV file. */
  readonly rows: readonly number[];
  /** Faults of rows that belong to no exam or contradict others. */
  readonly errors?: readonly FaultParts[];
  /** Warnings about tables beside the list. */
  readonly warnings?: readonly FaultParts[];
  /** Positions of exams whose wrong labels {@linkcode RawEntries.errors} already reports. */
  readonly labelsTold?: ReadonlySet<number>;
}

/**
 * One value per exam.
 * @throws {SyntaxError} for a bad pickle, or one with neither a list nor a table
 */
export function entriesOfPickle(bytes: Uint8Array): RawEntries {
  // Pickles of protocol 0 are lines of text, and every name in them would end with a carriage return.
  if (bytes[0] === 0x28 && bytes[bytes.indexOf(10) - 1] === 13) {
    throw new SyntaxError(
      "Cannot read the data list: its line ends were changed to CRLF, as git and FTP do with text: " +
        "copy it as a binary file, or save it with a newer protocol",
    );
  }
  try {
    return entriesOfRoot(readPickle(bytes));
  } catch (error) {
    const look = error instanceof SyntaxError ? lookOf(bytes) : null;
    if (look === null) throw error;
    throw new SyntaxError(`Cannot read the data list: it is named .pkl and is ${look}`);
  }
}

/** Recognises other file types, with what to do about them. */
const LOOKS: readonly (readonly [start: readonly number[], look: string])[] = [
  [[0x1f, 0x8b], "packed by gzip: unpack it"],
  [[0x42, 0x5a, 0x68], "packed by bzip2: unpack it"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "packed by xz: unpack it"],
  [[0x28, 0xb5, 0x2f, 0xfd], "packed by zstd: unpack it"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF: export the list itself"],
  [[0x3c], "HTML or XML, for example a login page: download it again"],
  [
    [0x50, 0x4b, 3, 4],
    "a zip, as torch.save and spreadsheets write: save the list itself with pickle.dump, or as CSV",
  ],
];

function lookOf(bytes: Uint8Array): string | null {
  const packed = LOOKS.find(([start]) => start.every((byte, at) => bytes[at] === byte));
  if (packed !== undefined) return packed[1];
  const text = new TextDecoder().decode(bytes.subarray(0, 2048)).replace(/^\ufeff/, "").trimStart();
  if (/^[[{]\s*["{[]/.test(text)) return "JSON: name it .json";
  const [head = ""] = text.split("\n");
  return /^[\w" .-]+([,;\t][\w" .-]+)+\r?$/.test(head) ? "CSV: name it .csv" : null;
}

/**
 * An array with one object per exam.
 * @throws {SyntaxError} when the text is not a JSON array
 */
export function entriesOfJson(text: string): RawEntries {
  return entriesOfRoot(pickleFromJson(text));
}

function entriesOfRoot(root: PickleValue): RawEntries {
  if (isDataFrame(root)) return entriesOfTable(root);
  const values = root instanceof PickleTuple ? root.items : root;
  if (!Array.isArray(values)) {
    throw new SyntaxError(
      `Cannot read the data list: it contains ${kindOf(root)}, not a list with one dict per exam`,
    );
  }
  return { values, rows: Array.from(values, (_, index) => index) };
}

/** Reads a pandas table with one row per exam and columns named as in CSV. */
function entriesOfTable(table: PickleValue): RawEntries {
  const { columns, rows } = readDataFrame(table);
  const values = rows.map((row) => {
    const exam = new Map<string, PickleValue>();
    for (const [index, column] of columns.entries()) setKey(exam, column, row[index] ?? null);
    return exam;
  });
  return { values, rows: Array.from(values, (_, index) => index) };
}

function kindOf(value: PickleValue): string {
  if (value === null) return "None";
  if (value instanceof Map) return "a single dict";
  if (value instanceof Set) return "a set";
  if (typeof value === "object") return "another kind of object";
  return typeof value === "string" ? "a text" : "a number";
}
