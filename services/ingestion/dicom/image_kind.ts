import type { DataSet } from "./data_set.ts";
import type { TagName } from "./tags.ts";

/** Kinds of images that are not plain screening views, as `accept` names them: warning code and message. */
export const IMAGE_KINDS = {
  synthetic_2d: ["dicom_synthesized", "it was computed from tomosynthesis, not exposed"],
  contrast: ["dicom_contrast", "it belongs to contrast-enhanced mammography"],
  stereotactic: ["dicom_stereotactic", "it was taken for a biopsy"],
  specimen: ["dicom_specimen", "it shows a specimen"],
  spot: ["dicom_spot_or_magnification", "it is a spot compression view"],
  magnification: ["dicom_spot_or_magnification", "it is a magnification view"],
  implant_displaced: ["dicom_implant_displaced", "the implant is displaced in it"],
  tomosynthesis: ["dicom_tomosynthesis", "it is tomosynthesis"],
  other: ["dicom_other_view", "it is not a standard view"],
} as const;

export type ImageKind = keyof typeof IMAGE_KINDS;

/** Words as {@linkcode tells} compares them. */
type Words = readonly string[];

/**
 * Words that indicate a kind, in the form of {@linkcode plainWords}: first match wins. They are separated by
 * commas; a star stands for further letters. Those before the bar hold for Image Type alone.
 */
const WORDS: readonly [kind: ImageKind, inType: Words, inText: Words][] = Object.entries({
  contrast:
    `ENERG*,POSTCONTRAST,LE,HE,DES|CONTRAST*,KONTRAST*,CEM,CESM,CEDM,TICEM,TICESM,CEM2D,CE2D,RECOMB*,REKOMB*,
    SUB,SUBTRA*,SOUSTRA*,SOTTRA*,SUSTRA*,LOW ENERG*,HIGH ENERG*,DUAL ENERG*,LOWENERG*,HIGHENERG*,DUALENERG*,
    I VIEW,IVIEW,SENOBRIGHT,ANGIOMAMM*,IODINE,KM`,
  synthetic_2d:
    `TOMO*,GENERATED*,INTELLIGENT*,VOLUME*,SM,DBT*,2DSYN*|C VIEW,CVIEW,S VIEW,SVIEW,S VW,S2D,V PREVIEW,
    VPREVIEW,SYN,SYN2D,SYNTH*,SINTE*,INSIGHT 2D,INSIGHT2D,I2D,MIP,SLAB,SLABS,INTELLIGENT 2D,INTELLIGENT2D,VIRTUAL,
    GENERATED 2D,CLARITY,TOMO 2D,DBT 2D,2D FROM,2D TOMO*,2D SYN*,3DQUORUM,GENIUS`,
  specimen: "|SPECIMEN*,PRAPARAT*,PRAEPARAT*,PIECE OPERATOIRE,PEZZO,PIEZA,ESPECIMEN",
  implant_displaced:
    `IMPLANTDISPLACED|DISPLACED,EKLUND,PUSHBACK,PUSH BACK,CC ID,MLO ID,LCC ID,RCC ID,CCID,MLOID,
    LCCID,RCCID,LMLOID,RMLOID`,
  magnification:
    `MAGNIF*|MAG,MAGNI*,VERGR*,AGRANDI*,INGRANDI*,AMPLIA*,LUPE*,1 5X,1 6X,1 7X,1 8X,1 9X,CCM,MLOM,
    LCCM,RCCM,LMLOM,RMLOM,LMCC,RMCC,LMMLO,RMMLO`,
  spot: `|SPOT*,CONE,CONED,FOCAL,QUAD,QUADRANT,ZIEL*,TUBUS*,COMPRESSION LOCALI*,COMPRESSIONE MIRATA,
    COMPRESION LOCALI*,COMPRESION SELECTIVA,LSCC,RSCC,LSMLO,RSMLO`,
  stereotactic:
    `|STEREO*,STX,SCOUT,BIOPS*,VAKUUMBIOPS*,PREFIRE,PRE FIRE,POSTFIRE,POST FIRE,NEEDLE,WIRE,DRAHT*,
    LOCALIZAT*,LOCALISAT*,LOKALIS*,REPERAGE,HARPON`,
  other:
    `|MASK,CROPPED,ROLLED,CLEAVAGE,AXILL*,TANGENTIAL,EXAGG*,XCC,XCCL,XCCM,CAD,GALACTO*,GALAKTO*,DUCTO*,DUKTO*,
    NIPPLE,PNEUMOCYST*,INFRAMAMMARY,INFRA MAMMARY,ANTERIOR COMPRESSION,SCREENSHOT,SCREEN SHOT,SCREEN CAPTURE`,
}).map(([kind, lists]) => {
  const [inType, inText] = lists.split("|").map(words);
  return [kind as ImageKind, inType!, inText!];
});
/** Words of tomosynthesis that also occur in the names of procedures whose 2D images have them too. */
const TOMOSYNTHESIS_WORDS = words("TOMO*,DBT,3D,SM");
const PROCEDURE_WORDS = words("BILAT*,SCREEN*,ROUTINE,COMBO,BOTH,2D");
/** What states that no contrast agent was used: before the word contrast, or in the agent's element. */
const NO_WORDS = words("NO,NON,NOT,WITHOUT,W O,OHNE,SANS,SENZA,SIN,SEM,KEIN*");
/** Contrast agents by substance and brand, and what stands beside them: concentration, amount. */
const AGENTS = words(
  `IOD*,IOH*,IOP*,IOV*,IOM*,IOB*,IOX*,JOD*,OMNIPA*,ULTRAVIST*,ISOVUE*,VISIPA*,OPTIRAY*,XENETIX*,GADO*,OXILAN*,
  IMERON*,SOLUTRAST*,ACCUPAQUE*,SCANLUX*,TELEBRIX*,HEXABRIX*,CONRAY*,CONTRAST,KONTRAST*,KM,YES,MG,MGI,ML`,
);
/** Paddles that cover a part of the breast, by their size. */
const SMALL_PADDLE = /\b([1-9]|1[0-5]) ?CM\b/;
/** Longer texts are cut: descriptions have at most 64 characters (PS3.5 section 6.2). */
const TEXT_CHARS_MAX = 256;

/** View modifiers (PS3.16 CID 4015) in SNOMED RT and SNOMED CT; also vendors' codes and ACR labels. */
const KIND_OF_MODIFIER: Readonly<Record<string, ImageKind>> = {
  ...ofKind("magnification", "R-102D6", "399163009", "M", "MAG"),
  ...ofKind("spot", "R-102D7", "399055006", "S", "SPOT"),
  ...ofKind("implant_displaced", "R-102D5", "399209000", "ID"),
  // Cleavage, axillary tail, rolled in four directions, tangential.
  ...ofKind("other", "R-102D2", "R-102D1", "R-102D3", "R-102D4", "R-102CA", "R-102C9", "R-102C2"),
  ...ofKind("other", "399161006", "399011000", "399197004", "399226006", "414493005"),
  ...ofKind(
    "other",
    "414497006",
    "399110001",
    "RL",
    "RM",
    "RI",
    "RS",
    "CV",
    "AT",
    "TAN",
    "IMF",
    "NP",
  ),
};
/** Contact views have up to about 1.1, magnification views 1.5 or more. */
const MAGNIFICATION_MIN = 1.3;
const TOMOSYNTHESIS_CLASSES: ReadonlySet<string> = new Set([
  "1.2.840.10008.5.1.4.1.1.13.1.3",
  "1.2.840.10008.5.1.4.1.1.13.1.4",
  "1.2.840.10008.5.1.4.1.1.13.1.5",
]);

/** An image's kind from its coded elements, else from descriptions; null for a plain screening view. */
export function imageKind(dataSet: DataSet): ImageKind | null {
  if (isTomosynthesis(dataSet)) return "tomosynthesis";
  const types = dataSet.texts("ImageType").map(plainWords);
  const byType = WORDS.find(([, ...lists]) =>
    lists.some((list) => types.some((value) => tells(value, list)))
  );
  if (byType !== undefined) return byType[0];
  if (hasContrastAgent(dataSet)) return "contrast";
  if (kindInText(textOf(dataSet, "BodyPartExamined")) === "specimen") return "specimen";
  return viewKind(dataSet) ?? describedKind(dataSet) ?? (types[1] === "SECONDARY" ? "other" : null);
}

/** Whether a file holds several tomosynthesis frames, which cannot become one image. */
export function isTomosynthesis(dataSet: DataSet): boolean {
  return TOMOSYNTHESIS_CLASSES.has(dataSet.text("SOPClassUID")) ||
    (dataSet.code("Modality") === "MG" && (dataSet.decimal("NumberOfFrames") ?? 1) > 1);
}

function ofKind(kind: ImageKind, ...codes: string[]): Record<string, ImageKind> {
  return Object.fromEntries(codes.map((code) => [code, kind]));
}

/** Any text in this element would be too much: some sites write remarks there. */
function hasContrastAgent(dataSet: DataSet): boolean {
  const agent = textOf(dataSet, "ContrastBolusAgent");
  return tells(agent, AGENTS) && !tells(agent, NO_WORDS);
}

function viewKind(dataSet: DataSet): ImageKind | null {
  const modifiers = [dataSet, ...dataSet.items("ViewCodeSequence")]
    .flatMap((place) => place.items("ViewModifierCodeSequence"));
  const code = modifiers.map((item) => item.code("CodeValue"))
    .find((one) => Object.hasOwn(KIND_OF_MODIFIER, one));
  if (code !== undefined) return KIND_OF_MODIFIER[code]!;
  if ((dataSet.decimal("EstimatedRadiographicMagnificationFactor") ?? 1) >= MAGNIFICATION_MIN) {
    return "magnification";
  }
  for (const item of [...modifiers, ...dataSet.items("ViewCodeSequence")]) {
    const kind = kindInText(textOf(item, "CodeMeaning"));
    if (kind !== null) return kind;
  }
  const paddle = textOf(dataSet, "PaddleDescription");
  return kindInText(paddle) ?? (SMALL_PADDLE.test(paddle) ? "spot" : null);
}

/** The kind that descriptions state. Those of processing speak of an image's contrast, not of an agent. */
function describedKind(dataSet: DataSet): ImageKind | null {
  for (const name of ["SeriesDescription", "ProtocolName"] as const) {
    const text = textOf(dataSet, name);
    const isTomosynthesis = tells(text, TOMOSYNTHESIS_WORDS) && !tells(text, PROCEDURE_WORDS);
    const kind = kindInText(text) ?? (isTomosynthesis ? "synthetic_2d" : null);
    if (kind !== null) return kind;
  }
  for (const name of ["DerivationDescription", "AcquisitionDeviceProcessingDescription"] as const) {
    const kind = kindInText(textOf(dataSet, name).replaceAll("CONTRAST", ""));
    if (kind === "contrast" || kind === "synthetic_2d") return kind;
  }
  return null;
}

function kindInText(text: string): ImageKind | null {
  // Without a contrast agent, and an element that is nothing but `ID`.
  const told = tells(text, NO_WORDS) ? text.replaceAll(/\b[CK]ONTRAST/g, "") : text;
  if (/^ID\b/.test(told)) return "implant_displaced";
  return WORDS.find(([, , inText]) => tells(told, inText))?.[0] ?? null;
}

function words(list: string): Words {
  return list.split(/,\s*/).filter((word) => word !== "")
    .map((word) => word.endsWith("*") ? ` ${word.slice(0, -1)}` : ` ${word} `);
}

function tells(text: string, ofKind: Words): boolean {
  return ofKind.some((word) => ` ${text} `.includes(word));
}

function textOf(dataSet: DataSet, name: TagName): string {
  return plainWords(dataSet.texts(name).join(" ").slice(0, TEXT_CHARS_MAX));
}

/** Upper-case words of A to Z and digits, separated by single spaces: `LCC_C-View` becomes `LCC C VIEW`. */
function plainWords(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, " ").trim();
}
