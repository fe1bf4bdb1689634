import type { JsonValue } from "../../../shared/domain/mod.ts";
import { isOutcomeColumn, type Table } from "../../../shared/format/mod.ts";

/** A label column that becomes a key of the exams. */
export interface FurtherColumn {
  readonly name: string;
  /** 0-based position in the table. */
  readonly place: number;
  /** Whether all cells are numbers or empty. */
  readonly numeric: boolean;
}

/** A column that does not become a key. */
export interface ColumnLeftOut {
  readonly name: string;
  /** Reason for a message: "its name says …". */
  readonly reason: string;
}

/** Exam keys with a defined meaning: kept whatever their cells hold. */
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...["manufacturer", "scanner_model", "scanner_software", "detector"],
  ...["thickness_mm", "implant", "image_kind"],
]);
/** Keys that the import fills itself. */
const TAKEN =
  /^([lr]-(cc|mlo)|horizontal_flip|exam_id|cancer_label.*|((left|right)_)?(malignant|benign))$/i;

/** Words that identify a person anywhere in a name. */
const IDENTIFYING = new Set([
  ...["uid", "mrn", "ssn", "nhs", "dob", "birthdate", "birthday", "date", "studydate", "url"],
  ...["address", "street", "mail", "email", "phone", "telephone", "fax", "accession"],
  ...["surname", "forename", "firstname", "lastname", "patientid", "patientname"],
  ...["accessionnumber", "filename", "filepath", "comment", "comments", "remark", "remarks"],
  ...["zip", "passport", "pid", "nachname", "vorname", "familienname", "geburtsdatum", "geb"],
  ...[
    "strasse",
    "adresse",
    "telefon",
    "plz",
    "nom",
    "prenom",
    "naissance",
    "cognome",
    "nome",
    "nascita",
  ],
  ...[
    "indirizzo",
    "telefono",
    "apellido",
    "apellidos",
    "nombre",
    "nacimiento",
    "direccion",
    "fiscale",
  ],
  ...["dni", "nif", "ahv", "personnummer", "cpr", "bsn", "patientennummer", "versichertennummer"],
]);
/** Words that identify a person as the last word of a name, which says what a compound is. */
const IDENTIFYING_LAST = new Set([
  ...["id", "ids", "name", "names", "patient", "path", "file", "folder", "city", "zip", "zipcode"],
  ...["postcode", "postal", "mobile", "insurance", "hospital", "institution", "physician"],
  ...["doctor", "radiologist", "operator", "note", "notes", "timestamp", "datetime"],
]);
/** Things whose `id` or `name` identifies no person. */
const THINGS = new Set([
  ...["machine", "site", "model", "manufacturer", "vendor", "scanner", "device", "detector"],
  ...["protocol", "cohort", "software", "arm", "group", "region", "batch", "dataset", "view"],
]);
/** Words that number what stands before them. */
const NUMBERING = /^(\d+|no|nr|number|code)$/;
/** Whole names that identify a person, with words joined by a space. */
const IDENTIFYING_NAME =
  /^birth|of birth$|^(clinical |medical |patient )?history$|^((study|series|acquisition|content|exam|visit|admission|scan) )?time$/;
/** Maximum text length of a further column: categories are short, free text is not. */
const CATEGORY_CHARS_MAX = 32;

/**
 * Decides which label columns become keys of the exams, by the whole words of the name and by the cells.
 * @param used positions of columns with a use of their own
 * @throws {SyntaxError} when the table lacks a column that `keep` names
 */
export function furtherColumns(
  table: Table,
  used: readonly number[],
  keep: readonly string[],
): { kept: FurtherColumn[]; leftOut: ColumnLeftOut[] } {
  const wanted = new Set(keep.map((name) => placeToKeep(table, name)));
  const kept: FurtherColumn[] = [];
  const leftOut: ColumnLeftOut[] = [];
  for (const [place, name] of table.columns.entries()) {
    if (used.includes(place) || name === "") continue;
    const reason = TAKEN.test(name)
      ? "the import fills that key itself; rename the column to keep it"
      : wanted.has(place) || KNOWN_KEYS.has(name) || (isOutcomeColumn(name) && name !== "exam_date")
      ? null
      : reasonAgainst(table, place);
    if (reason !== null) leftOut.push({ name, reason });
    else {
      const numeric = table.rows.every(({ cells }) => isNumberOrEmpty(cells[place]!.trim()));
      kept.push({ name, place, numeric });
    }
  }
  return { kept, leftOut };
}

/** Reads a cell of a further column: a number in numeric columns, else text; null when empty. */
export function furtherValue(
  { place, numeric }: FurtherColumn,
  cells: readonly string[],
): JsonValue {
  const cell = cells[place]!.trim();
  return cell === "" ? null : numeric ? Number(cell) : cell;
}

function placeToKeep({ columns }: Table, name: string): number {
  const place = columns.findIndex((one) => one.toLowerCase() === name.trim().toLowerCase());
  if (place >= 0) return place;
  throw new SyntaxError(
    `Cannot read the labels: keep_columns names ${
      JSON.stringify(name)
    }, which is not a column of the labels`,
  );
}

function reasonAgainst({ columns, rows }: Table, place: number): string | null {
  const word = identifyingWord(columns[place]!);
  if (word !== null) {
    return `its name says that it may identify (${word}); keep_columns keeps it`;
  }
  const long = rows.find(({ cells }) => cells[place]!.trim().length > CATEGORY_CHARS_MAX);
  return long === undefined
    ? null
    : `line ${long.line} has a text of over ${CATEGORY_CHARS_MAX} characters in it; keep_columns keeps it`;
}

function identifyingWord(name: string): string | null {
  const words = wordsOf(name);
  const word = words.find((one) => IDENTIFYING.has(one));
  if (word !== undefined) return word;
  const joined = words.join(" ");
  if (IDENTIFYING_NAME.test(joined)) return joined;
  const [last = "", before = ""] = words.filter((one) => !NUMBERING.test(one)).reverse();
  return IDENTIFYING_LAST.has(last) && !THINGS.has(before) ? last : null;
}

/** Splits a name into words, however they are joined: `StudyInstanceUID`, `family_history`, `Patient Name`. */
function wordsOf(name: string): string[] {
  return name.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss").split(
      /[^\p{L}\d]+/u,
    ).filter((word) => word !== "");
}

function isNumberOrEmpty(cell: string): boolean {
  return /^(-?\d{1,15}(\.\d+)?)?$/.test(cell);
}
