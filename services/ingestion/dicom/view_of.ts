import type { View } from "../../../shared/domain/mod.ts";
import type { DataSet } from "./data_set.ts";

/** The view of an image, or what is missing or contradictory. */
export type FoundView =
  | { readonly view: View }
  | { readonly contradicted: true }
  | { readonly missing: "side" | "position" | "both" };

type Side = "L" | "R";
type Position = "CC" | "MLO";

/** What one element states; null when it does not. */
interface Told {
  readonly side: Side | null;
  readonly position: Position | null;
}

/** View codes (PS3.16 CID 4014), in SNOMED RT and SNOMED CT. */
const POSITION_OF_CODE: Readonly<Record<string, Position>> = {
  "R-10242": "CC",
  "399162004": "CC",
  "R-10226": "MLO",
  "399368009": "MLO",
};
/** Laterality modifiers (PS3.16 CID 2), in SNOMED RT and SNOMED CT. */
const SIDE_OF_CODE: Readonly<Record<string, Side>> = {
  "G-A101": "L",
  "7771000": "L",
  "G-A100": "R",
  "24028007": "R",
};
/** Form of SNOMED codes; other schemes are vendor-specific. */
const SNOMED = /^(?:R-[0-9A-F]{4,5}|\d{6,18})$/;
/** `CC`, `LCC`, `L CC`, `LEFT CRANIO CAUDAL`, `MLO L`; any character but a letter counts as a space. */
const VIEW_WORDS =
  /^(?:(LEFT|RIGHT|L|R) ?)?(CC|[CK]RAN[EI]O ?[CK]AUDALE?|MLO|MEDIO ?LATERALE? OBLIQUE)(?: (?:VIEW|PROJECTION))?(?: (LEFT|RIGHT|L|R))?$/;
/** Other views in words, for codes that are not SNOMED. */
const OTHER_VIEW_WORDS =
  /^(?:(?:LEFT|RIGHT|L|R) ?)?(?:ML|LM|LMO|SIO|ISO|FB|X?CC[LM]|(?:MEDIO|LATERO) ?(?:LATERAL|MEDIAL)|(?:TRUE )?LATERAL|CAUDO ?CRANIAL|FROM BELOW)\b/;
const SIDE_WORD = /^(LEFT|RIGHT|L|R)( BREAST)?$/;

/** Determines the view of a mammogram from all elements in which public data sets state it. */
export function viewOf(dataSet: DataSet): FoundView {
  const coded = viewCode(dataSet);
  const named = readView(dataSet.code("ViewPosition"));
  // CBIS-DDSM stores the position in this element.
  const oriented = readView(dataSet.code("PatientOrientation"));
  const sides = [
    ...[sideIn(dataSet.code("ImageLaterality")), sideIn(dataSet.code("Laterality")), named.side],
    ...[coded.side, oriented.side, sideOfRegion(dataSet)],
  ].filter((side) => side !== null);
  const side = sides[0] ?? sideOfDirections(dataSet);
  const positions = [named.position, coded.position, coded.meant, oriented.position]
    .filter((position) => position !== null);
  const isContradicted = new Set(sides).size > 1 || new Set(positions).size > 1 ||
    (named.position !== null && coded.isOther);
  if (isContradicted) return { contradicted: true };
  // A stated position other than CC or MLO is not overruled by other elements.
  const hasOther = named.position === null && dataSet.code("ViewPosition") !== "";
  const position = hasOther || coded.isOther ? null : positions[0] ?? null;
  if (side !== null && position !== null) return { view: `${side}-${position}` };
  return { missing: side !== null ? "position" : position !== null ? "side" : "both" };
}

/** What the view code states; `meant` is the position that its meaning states. */
function viewCode(
  dataSet: DataSet,
): Told & { readonly meant: Position | null; readonly isOther: boolean } {
  const item = dataSet.items("ViewCodeSequence")[0];
  if (item === undefined) return { side: null, position: null, meant: null, isOther: false };
  const code = item.text("CodeValue");
  const told = readView(item.code("CodeMeaning"));
  const own = readView(code);
  const position = POSITION_OF_CODE[code] ?? own.position;
  const isOther = position === null &&
    (SNOMED.test(code) || OTHER_VIEW_WORDS.test(wordsOf(item.code("CodeMeaning"))));
  return {
    side: own.side ?? told.side,
    position: position ?? (isOther ? null : told.position),
    meant: isOther ? null : told.position,
    isOther,
  };
}

function readView(text: string): Told {
  const match = VIEW_WORDS.exec(wordsOf(text));
  if (match === null) return { side: null, position: null };
  const [, before, position, after] = match;
  return {
    side: sideIn(before ?? after ?? ""),
    position: /^[CK]/.test(position!) ? "CC" : "MLO",
  };
}

function wordsOf(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z]+/g, " ").trim();
}

function sideIn(text: string): Side | null {
  return SIDE_WORD.test(text) ? text[0] as Side : null;
}

/** Side from the anatomic region code, or from Body Part Examined. */
function sideOfRegion(dataSet: DataSet): Side | null {
  const codes = dataSet.items("AnatomicRegionSequence")
    .flatMap((region) => region.items("AnatomicRegionModifierSequence"))
    .map((item) => item.text("CodeValue"));
  const code = codes.find((one) => Object.hasOwn(SIDE_OF_CODE, one));
  return code === undefined ? sideIn(dataSet.code("BodyPartExamined")) : SIDE_OF_CODE[code]!;
}

/** The side from the directions of rows and columns in the usual orientation; null for a mirrored image. */
function sideOfDirections(dataSet: DataSet): Side | null {
  const [rows = "", columns = ""] = dataSet.texts("PatientOrientation").map((text) =>
    text.toUpperCase()
  );
  if (rows.startsWith("A") && columns.includes("R")) return "L";
  return rows.startsWith("P") && columns.includes("L") ? "R" : null;
}
