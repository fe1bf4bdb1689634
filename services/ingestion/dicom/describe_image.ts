import type { View } from "../../../shared/domain/mod.ts";
import type { DataSet } from "./data_set.ts";
import { type ImageKind, imageKind, isTomosynthesis } from "./image_kind.ts";

/** Why a file is left out though nothing is wrong with it: stable slugs. */
export type SkipCode = keyof typeof SKIP_REASONS;

/** What is said of a file that is left out. */
export const SKIP_REASONS = {
  dicom_not_mammogram: "it is no mammogram",
  dicom_kind_unknown: "it says neither its Modality nor its SOP class",
  dicom_for_processing: "it is FOR PROCESSING: models expect images FOR PRESENTATION",
  dicom_quality_control: "it is a quality control image",
  dicom_burned_in_annotation: "it has a burned-in annotation, which may name the patient",
  dicom_view_contradicted: "its view code and its View Position contradict one another",
  dicom_view_unknown: "its view is none of L-CC, R-CC, L-MLO, R-MLO",
} as const;

/** What identifies a study: stays in memory, is written nowhere. */
export interface StudyKeys {
  readonly studyInstanceUid: string;
  readonly accessionNumber: string;
  readonly patientId: string;
  /** YYYYMMDD */
  readonly studyDate: string;
}

/**
 * What becomes of a file: an image of a view, with its kind where it is no plain screening view; or why it is left
 * out. The view of a kind that is left out need not be known.
 */
export type Verdict =
  | { readonly view: View; readonly kind?: ImageKind }
  | { readonly view: null; readonly kind: ImageKind }
  | { readonly skip: SkipCode };

/** What the header of a file tells. */
export interface ImageDescription extends StudyKeys {
  readonly sopInstanceUid: string;
  /** The view, or why the file is left out. */
  readonly verdict: Verdict;
  /** Edge at which the chest wall lies according to the header; null when it does not tell. */
  readonly chestWall: "left" | "right" | null;
}

const DIGITAL_MAMMOGRAPHY = "1.2.840.10008.5.1.4.1.1.1.2";
const FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.2.1";
/** Digital mammography for both intents; computed and digital radiography, which older mammograms are stored as. */
const MAMMOGRAM_CLASSES: ReadonlySet<string> = new Set([
  ...[DIGITAL_MAMMOGRAPHY, FOR_PROCESSING, "1.2.840.10008.5.1.4.1.1.1"],
  ...["1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1.1"],
]);

/** View codes (PS3.16 CID 4014), in SNOMED RT and SNOMED CT. */
const VIEW_OF_CODE: Readonly<Record<string, "CC" | "MLO">> = {
  "R-10242": "CC",
  "399162004": "CC",
  "R-10226": "MLO",
  "399368009": "MLO",
};
/** How codes of SNOMED look; other schemes are a maker's own. */
const SNOMED = /^(?:R-[0-9A-F]{4,5}|\d{6,18})$/;

/**
 * Says what a file is, by its header alone.
 *
 * @param dataSet of the file
 */
export function describeImage(dataSet: DataSet): ImageDescription {
  return {
    studyInstanceUid: dataSet.text("StudyInstanceUID"),
    accessionNumber: dataSet.text("AccessionNumber"),
    patientId: dataSet.text("PatientID"),
    studyDate: dataSet.text("StudyDate"),
    sopInstanceUid: dataSet.text("SOPInstanceUID"),
    verdict: judge(dataSet),
    chestWall: chestWallOf(dataSet),
  };
}

function judge(dataSet: DataSet): Verdict {
  if (isTomosynthesis(dataSet)) return { view: null, kind: "tomosynthesis" };
  const isMammogram = tellsMammogram(dataSet);
  if (isMammogram === null) return { skip: "dicom_kind_unknown" };
  if (!isMammogram) return { skip: "dicom_not_mammogram" };
  const kind = imageKind(dataSet);
  const skip = kind === "synthetic_2d" ? null : intentToSkip(dataSet);
  if (skip !== null) return { skip };
  const view = viewOf(dataSet);
  if (kind !== null) return typeof view === "string" ? { view, kind } : { view: null, kind };
  if (typeof view === "string") return { view };
  return view ?? { skip: "dicom_view_unknown" };
}

/**
 * Tells by SOP class and Modality whether a file holds a mammogram. Both stand at the beginning of a file, so that the
 * rest need not be readable.
 *
 * @param dataSet of a file, or of its beginning
 * @returns null when neither tells
 */
export function tellsMammogram(dataSet: DataSet): boolean | null {
  const sopClass = dataSet.text("SOPClassUID") || dataSet.text("MediaStorageSOPClassUID");
  const modality = dataSet.code("Modality");
  if (sopClass !== "" && !MAMMOGRAM_CLASSES.has(sopClass)) return false;
  if (modality !== "") return modality === "MG";
  return sopClass.startsWith(DIGITAL_MAMMOGRAPHY) ? true : null;
}

function intentToSkip(dataSet: DataSet): SkipCode | null {
  const isForProcessing = dataSet.text("SOPClassUID") === FOR_PROCESSING ||
    dataSet.code("PresentationIntentType") === "FOR PROCESSING";
  if (isForProcessing) return "dicom_for_processing";
  if (dataSet.code("QualityControlImage") === "YES") return "dicom_quality_control";
  return dataSet.code("BurnedInAnnotation") === "YES" ? "dicom_burned_in_annotation" : null;
}

/** The view by code and View Position, which must not contradict one another; null when neither tells. */
function viewOf(dataSet: DataSet): View | Verdict | null {
  const side = dataSet.code("ImageLaterality") || dataSet.code("Laterality");
  const position = dataSet.code("ViewPosition");
  const code = dataSet.items("ViewCodeSequence")[0]?.text("CodeValue") ?? "";
  const coded = Object.hasOwn(VIEW_OF_CODE, code) ? VIEW_OF_CODE[code]! : "";
  const isOther = coded === "" && SNOMED.test(code);
  const named = position === "CC" || position === "MLO" ? position : "";
  if (named !== "" && (isOther || coded !== "" && coded !== named)) {
    return { skip: "dicom_view_contradicted" };
  }
  const view = position === "" ? coded : named;
  return view === "" || (side !== "L" && side !== "R") ? null : `${side}-${view as "CC" | "MLO"}`;
}

/**
 * Patient Orientation begins with the direction in which a row goes (PS3.3 section C.7.6.1.1.1):
 * towards anterior means that it starts at the chest wall.
 */
function chestWallOf(dataSet: DataSet): "left" | "right" | null {
  const direction = dataSet.code("PatientOrientation")[0];
  if (direction === "A") return "left";
  return direction === "P" ? "right" : null;
}
