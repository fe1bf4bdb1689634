import type { Sample } from "../../../shared/domain/mod.ts";
import { LATERALITIES, type Laterality, type View, VIEWS } from "../../../shared/domain/mod.ts";
import { type Cell, readTable, type TableRow, writeTable } from "../../../shared/format/mod.ts";

const COLUMNS = ["exam_index", "exam", "laterality", "view", "image", "score", "label"];
/** Last column, present if any exam names its woman. */
const PATIENT_COLUMN = "patient";

/** One row per sample of a level; scores are the shortest decimals that read back to the same double. */
export function writeSamples(samples: readonly Sample[]): string {
  const patients = samples.some(({ patient }) => patient !== undefined);
  return writeTable(patients ? [...COLUMNS, PATIENT_COLUMN] : COLUMNS, rowsOf(samples, patients));
}

function* rowsOf(samples: readonly Sample[], patients: boolean): Generator<Cell[]> {
  for (const { examIndex, exam, laterality, view, image, score, label, patient } of samples) {
    const written = Object.is(score, -0) ? "-0" : String(score);
    const cells = [examIndex, exam, laterality, view, image, written, label];
    yield patients ? [...cells, patient ?? null] : cells;
  }
}

/**
 * Reads the output of {@linkcode writeSamples}.
 * @throws {SyntaxError} with line and column, if invalid
 */
export function readSamples(text: string): Sample[] {
  const table = readTable(text);
  const columns = table.columns.join();
  if (columns !== COLUMNS.join() && columns !== [...COLUMNS, PATIENT_COLUMN].join()) {
    throw new SyntaxError(
      `Cannot read the samples: the columns are ${columns}, not ${COLUMNS.join()}`,
    );
  }
  return table.rows.map(readSample);
}

function readSample({ line, cells }: TableRow): Sample {
  const [examIndex, exam, laterality, view, image, score, label, patient = ""] = cells as [
    ...[string, string, string, string, string, string, string, string?],
  ];
  const check = (column: string, cell: string, fits: boolean): void => {
    if (!fits) {
      throw new SyntaxError(
        `Cannot read the samples: line ${line}, column ${column} is ${JSON.stringify(cell)}`,
      );
    }
  };
  check("exam_index", examIndex, /^\d{1,15}$/.test(examIndex));
  check(
    "laterality",
    laterality,
    laterality === "" || (LATERALITIES as readonly string[]).includes(laterality),
  );
  check("view", view, view === "" || (VIEWS as readonly string[]).includes(view));
  check("score", score, score !== "" && Number.isFinite(Number(score)));
  check("label", label, label === "0" || label === "1");
  return {
    examIndex: Number(examIndex),
    exam,
    ...(patient === "" ? {} : { patient }),
    laterality: laterality === "" ? null : laterality as Laterality,
    view: view === "" ? null : view as View,
    image: image === "" ? null : image,
    score: Number(score),
    label: label === "1" ? 1 : 0,
  };
}
