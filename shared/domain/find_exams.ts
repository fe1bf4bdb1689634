import type { Exam } from "./exam.ts";
import { type Fault, faultOf } from "./fault.ts";
import type { ExamRow } from "./prediction.ts";

/** The exam of each row. */
export interface FoundExams {
  /** One entry per row; null for an unknown exam, which `errors` reports. */
  readonly exams: readonly (Exam | null)[];
  /** Faults that prevent scoring. */
  readonly errors: readonly Fault[];
  /** Faults that do not prevent it. */
  readonly warnings: readonly Fault[];
}

/** Ids or rows that a message gives as examples. */
const EXAMPLES_TOLD_MAX = 3;

/** The exam of each row: by id, else position in the data list, else row order. Both must agree. */
export function findExams(exams: readonly Exam[], rows: readonly ExamRow[]): FoundExams {
  const byKey = new Map(exams.map((exam) => [idKey(exam.id), exam]));
  if (rows.some(({ exam }) => exam !== null) && !echoesUnusedIds(exams, rows)) {
    return findByName(exams, rows, rows.map(({ exam }) => exam ?? ""), byKey);
  }
  const positions = rows.map(({ examIndex }, at) => examIndex ?? at);
  const numbersAreIds = rows.every(({ examIndex }) =>
    examIndex !== null && byKey.has(String(examIndex))
  );
  if (numbersAreIds && positions.some((position) => exams[position] === undefined)) {
    return findByName(exams, rows, positions.map(String), byKey);
  }
  return findByPosition(exams, rows, positions, numbersAreIds);
}

/** Whether the ids repeat the list's unusable ids in its order, which then identifies the exams. */
function echoesUnusedIds(exams: readonly Exam[], rows: readonly ExamRow[]): boolean {
  return rows.length === exams.length && rows.every(({ exam }, at) => {
    const written = exams[at]!.extras["exam_id"] ?? "";
    return idKey(String(written)) !== idKey(exams[at]!.id) &&
      idKey(String(written)) === idKey(exam ?? "");
  });
}

function findByName(
  exams: readonly Exam[],
  rows: readonly ExamRow[],
  names: readonly string[],
  byKey: ReadonlyMap<string, Exam>,
): FoundExams {
  const found = names.map((name) => byKey.get(idKey(name)) ?? null);
  const unknown = rows.filter((_, at) => found[at] === null);
  const listed = examplesOf(
    exams.slice(0, EXAMPLES_TOLD_MAX + 1).map(({ id }) => JSON.stringify(id)),
  );
  if (unknown.length === rows.length) {
    const message = `No exam id of the file is in the data list: the file has ${
      examplesOf(names.map((name) => JSON.stringify(name)))
    }, the data list ${listed}. Send the predictions of this dataset, with ids as its data list has them`;
    return failed(rows, [faultOf({ code: "prediction_unknown", message, field: "exam_id" })]);
  }
  if (unknown.length > 0) {
    return failed(
      rows,
      rows.flatMap(({ row }, at) => {
        if (found[at] !== null) return [];
        const message = `Row ${row}: exam ${
          JSON.stringify(names[at])
        } is not in the data list, whose exams are ${listed}`;
        return [faultOf({ code: "prediction_unknown", message, row, field: "exam_id" })];
      }),
    );
  }
  const contradictions = rows.flatMap(({ row, examIndex }, at) => {
    const exam = found[at]!;
    if (examIndex === null || exam.index === examIndex) return [];
    if (idKey(exam.id) === String(examIndex)) return [];
    return [
      `row ${row} is of exam ${
        JSON.stringify(exam.id)
      }, which is at position ${exam.index} of the data list, and ` +
      `has index ${examIndex}`,
    ];
  });
  if (contradictions.length === 0) return { exams: found, errors: [], warnings: [] };
  const message =
    `The index contradicts the exam ids in ${contradictions.length} of ${rows.length} rows: ` +
    `${
      examplesOf(contradictions, "; ")
    }. Positions count from 0; correct the index, or leave the column out`;
  return failed(rows, [faultOf({ code: "exam_index_contradiction", message, field: "index" })]);
}

function findByPosition(
  exams: readonly Exam[],
  rows: readonly ExamRow[],
  positions: readonly number[],
  numbersAreIds: boolean,
): FoundExams {
  const errors = rows.flatMap(({ row }, at) => {
    if (exams[positions[at]!] !== undefined) return [];
    const message = `Row ${row}: there is no exam ${
      positions[at]
    }; the data list has ${exams.length}`;
    return [faultOf({ code: "prediction_unknown", message, row })];
  });
  const ambiguous = numbersAreIds &&
    positions.some((position) => idKey(exams[position]!.id) !== String(position));
  const message =
    "The index is read as positions in the data list, from 0, although the ids of its exams are " +
    "such numbers too: if it contains ids, name the column exam_id";
  return {
    exams: positions.map((position) => exams[position] ?? null),
    errors,
    warnings: ambiguous ? [faultOf({ code: "exam_index_ambiguous", message, field: "index" })] : [],
  };
}

function failed(rows: readonly ExamRow[], errors: readonly Fault[]): FoundExams {
  return { exams: rows.map(() => null), errors, warnings: [] };
}

function examplesOf(all: readonly string[], separator = ", "): string {
  const more = all.length > EXAMPLES_TOLD_MAX ? `${separator}…` : "";
  return all.slice(0, EXAMPLES_TOLD_MAX).join(separator) + more;
}

/** An id for comparison: trimmed, Unicode NFC, whole numbers without the decimals that pandas adds. */
export function idKey(id: string): string {
  return id.trim().normalize("NFC").replace(/^(-?\d+)\.0+$/, "$1").replace(/^-0$/, "0");
}
