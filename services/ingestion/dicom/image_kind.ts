import type { DataSet } from "./data_set.ts";

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

/** A kind of image that is not a plain screening view. */
export type ImageKind = keyof typeof IMAGE_KINDS;

/** Words in Image Type, modifiers and descriptions that indicate a kind; upper case, first match wins. */
const WORDS: readonly [kind: ImageKind, inType: RegExp, inText: RegExp][] = [
  [
    "contrast",
    /LOW_?ENERGY|HIGH_?ENERGY|RECOMBINED|SUBTRACT|CONTRAST|DUAL_?ENERGY|^I-?VIEW$|^(TI)?CE(S?M|DM)\b/,
    /\b(CONTRAST|CE[DS]?M|RECOMBINED|SUBTRACT(ED|ION)|(LOW|HIGH|DUAL)[ _-]?ENERGY|I-VIEW)\b/,
  ],
  [
    "synthetic_2d",
    /TOMO|GENERATED_?2D|SYNTH|INSIGHT|^S2D|^[CS]-?VIEW|^V-?PREVIEW/,
    /\b([CS]-VIEW|S2D|V-PREVIEW|SYNTHE(TIC|SI[SZ]ED)|INSIGHT[ _]?2D|INTELLIGENT[ _]2D|TOMO[ _]2D)\b/,
  ],
  [
    "stereotactic",
    /STEREO|SCOUT|BIOPSY|P(RE|OST)_?FIRE/,
    /\b(STEREO(TACTIC)?|SCOUT|(PRE|POST)[ -]?FIRE)\b/,
  ],
  ["specimen", /SPECIMEN/, /\bSPECIMEN\b/],
  ["implant_displaced", /DISPLACED/, /\b(IMPLANT[ _-]DISPLACED|EKLUND)\b/],
  ["magnification", /MAGNIF/, /\bMAG(NIFICATION|NIFIED)?\b/],
  ["spot", /SPOT/, /\bSPOT\b/],
  [
    "other",
    /^CAD$/,
    /\b(MASK|CROPPED|ROLLED|CLEAVAGE|AXILLARY TAIL|TANGENTIAL|EXAGGERATED|XCC[LM])\b/,
  ],
];

/** View modifiers (PS3.16 CID 4015) in SNOMED RT and SNOMED CT. */
const KIND_OF_MODIFIER: Readonly<Record<string, ImageKind>> = {
  ...ofKind("magnification", "R-102D6", "399163009"),
  ...ofKind("spot", "R-102D7", "399055006"),
  ...ofKind("implant_displaced", "R-102D5", "399209000"),
  // Cleavage, axillary tail, rolled in four directions, tangential.
  ...ofKind("other", "R-102D2", "R-102D1", "R-102D3", "R-102D4", "R-102CA", "R-102C9", "R-102C2"),
  ...ofKind("other", "399161006", "399011000", "399197004", "399226006", "414493005"),
  ...ofKind("other", "414497006", "399110001"),
};
/** Contrast agents and brands; the element may also state that none was used. */
const CONTRAST_AGENT =
  /IOD(INE|I[XN])|IOH?EX|IOPA?M|IOPRO|IOVER|IOMEP|IOBIT|OMNIPA|ULTRAVIST|ISOVUE|VISIPA|OPTIRAY|IOMERON|XENETIX|GADO/;
/** Contact views have up to about 1.1, magnification views 1.5 or more. */
const MAGNIFICATION_MIN = 1.3;
const TOMOSYNTHESIS_CLASSES: ReadonlySet<string> = new Set([
  "1.2.840.10008.5.1.4.1.1.13.1.3",
  "1.2.840.10008.5.1.4.1.1.13.1.4",
  "1.2.840.10008.5.1.4.1.1.13.1.5",
]);

/**
 * Determines an image's kind from SOP class, frames, Image Type, contrast agent, view modifiers, paddle and
 * magnification, else from Series Description; null for a plain screening view.
 */
export function imageKind(dataSet: DataSet): ImageKind | null {
  if (isTomosynthesis(dataSet)) return "tomosynthesis";
  const types = dataSet.texts("ImageType").map((value) => value.toUpperCase());
  const byType = WORDS.find(([, inType]) => types.some((value) => inType.test(value)));
  if (byType !== undefined) return byType[0];
  return contrastAgent(dataSet) ?? viewKind(dataSet) ??
    kindInText(dataSet.code("SeriesDescription")) ??
    (types[1] === "SECONDARY" ? "other" : null);
}

/** Whether a file holds several tomosynthesis frames, which cannot become one image. */
export function isTomosynthesis(dataSet: DataSet): boolean {
  return TOMOSYNTHESIS_CLASSES.has(dataSet.text("SOPClassUID")) ||
    (dataSet.code("Modality") === "MG" && (dataSet.decimal("NumberOfFrames") ?? 1) > 1);
}

function ofKind(kind: ImageKind, ...codes: string[]): Record<string, ImageKind> {
  return Object.fromEntries(codes.map((code) => [code, kind]));
}

function contrastAgent(dataSet: DataSet): ImageKind | null {
  return CONTRAST_AGENT.test(dataSet.code("ContrastBolusAgent")) ? "contrast" : null;
}

function viewKind(dataSet: DataSet): ImageKind | null {
  const modifiers = [dataSet, ...dataSet.items("ViewCodeSequence")]
    .flatMap((place) => place.items("ViewModifierCodeSequence"));
  const coded = modifiers.map((item) => item.text("CodeValue"))
    .find((code) => Object.hasOwn(KIND_OF_MODIFIER, code));
  if (coded !== undefined) return KIND_OF_MODIFIER[coded]!;
  if ((dataSet.decimal("EstimatedRadiographicMagnificationFactor") ?? 1) >= MAGNIFICATION_MIN) {
    return "magnification";
  }
  const meanings = [...modifiers, ...dataSet.items("ViewCodeSequence")]
    .map((item) => item.code("CodeMeaning"));
  for (const text of [...meanings, dataSet.code("PaddleDescription")]) {
    const kind = kindInText(text);
    if (kind !== null) return kind;
  }
  return null;
}

function kindInText(text: string): ImageKind | null {
  return WORDS.find(([, , inText]) => inText.test(text))?.[0] ?? null;
}
