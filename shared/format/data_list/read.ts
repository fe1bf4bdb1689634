import { type Exam, LATERALITIES, VIEWS } from "../../domain/mod.ts";
import { DATA_LIST_BYTES_MAX } from "../../limits.ts";
import { joinBytes } from "../join_bytes.ts";
import { writePickle } from "../pickle/mod.ts";
import { entriesForContainer } from "./container_entry.ts";
import type { DataList, DataListFormat } from "./data_list.ts";
import { entriesOfJson, entriesOfPickle, type RawEntries } from "./entries.ts";
import { entriesOfCsv } from "./entries_csv.ts";
import { type ExamTables, joinTables } from "./exam_tables.ts";
import { LABEL_KEY } from "./exam_labels.ts";
import { FLIP_KEY, readExams } from "./exams.ts";
import { tableText } from "../table_text.ts";

/** How to read a data list. */
export interface ReadListOptions {
  /** `false` drops the entries, which take more memory than the exams. */
  readonly entries?: boolean;
  /** Tables of reads and outcomes to join by exam id. */
  readonly tables?: ExamTables;
  /** Frees the bytes of a text as soon as it is decoded; the caller has no use for them and their buffer any more. */
  readonly consume?: boolean;
}

/**
 * The exams with their truth, and every fault.
 * @throws {SyntaxError} when the file cannot be read
 */
export function readDataList(
  bytes: Uint8Array,
  format: DataListFormat,
  { entries = true, tables = {}, consume = false }: ReadListOptions = {},
): DataList {
  if (bytes.length > DATA_LIST_BYTES_MAX) {
    throw new SyntaxError(
      `Cannot read the data list: it has ${bytes.length} bytes; the limit is ${DATA_LIST_BYTES_MAX}`,
    );
  }
  const raw = entriesOf(bytes, format, Object.keys(tables).length > 0, consume);
  return readExams(joinTables(raw, tables), entries);
}

/**
 * Reads one value per exam; `hasTables` tells that a CSV may lack labels.
 * @throws {SyntaxError} when the file as a whole cannot be read
 */
export function entriesOf(
  bytes: Uint8Array,
  format: DataListFormat,
  hasTables = false,
  consume = false,
): RawEntries {
  // Arrays of a pickle may be views of its bytes.
  if (format === "pkl") return entriesOfPickle(bytes);
  const text = tableText(bytes, "the data list");
  if (consume) (bytes.buffer as ArrayBuffer).transfer(0);
  return format === "json" ? entriesOfJson(text) : entriesOfCsv(text, hasTables);
}

/** Options for writing a data list. */
export interface WriteDataListOptions {
  /** `keep`: every key; for containers `blank` without the truth, or `open` with the labels. */
  readonly labels: "keep" | "blank" | "open";
}

/** A protocol 4 pickle, as the metarepository's models read; numpy values become plain numbers and lists. */
export function writeDataList(
  list: Pick<DataList, "entries">,
  options: WriteDataListOptions,
): Uint8Array<ArrayBuffer> {
  const entries = options.labels === "keep"
    ? [...list.entries]
    : entriesForContainer(list.entries, options.labels);
  return writePickle(entries);
}

/** Exams written at once, so that the text of a long list is never whole in memory. */
const EXAMS_AT_ONCE = 1000;

/** A JSON data list, one exam a line, in a fraction of the memory of {@linkcode writeDataList}. */
export function writeExams(exams: readonly Exam[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  for (let start = 0; start < exams.length; start += EXAMS_AT_ONCE) {
    const some = exams.slice(start, start + EXAMS_AT_ONCE).map((exam) =>
      JSON.stringify(plain(exam))
    );
    parts.push(encoder.encode(`${start === 0 ? "[" : ","}\n${some.join(",\n")}`));
  }
  return joinBytes([...parts, encoder.encode("\n]\n")]);
}

function plain({ images, malignant, horizontalFlip, extras }: Exam): Record<string, unknown> {
  const prefix = `${LABEL_KEY}.`;
  const isLabel = ([key]: [string, unknown]): boolean => key.startsWith(prefix);
  const keys = Object.entries(extras);
  const further = keys.filter(isLabel).map(([key, value]) => [key.slice(prefix.length), value]);
  const known = LATERALITIES.filter((side) => malignant[side] !== null);
  const labels = [...further, ...known.map((side) => [`${side}_malignant`, malignant[side]])];
  return Object.fromEntries([
    ...keys.filter((key) => !isLabel(key)),
    ...VIEWS.filter((view) => images[view].length > 0).map((view) => [view, images[view]]),
    [LABEL_KEY, Object.fromEntries(labels)],
    ...(horizontalFlip === null ? [] : [[FLIP_KEY, horizontalFlip ? "YES" : "NO"]]),
  ]);
}
