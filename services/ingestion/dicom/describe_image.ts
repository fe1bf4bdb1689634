import type { View } from "../../../shared/domain/mod.ts";
import type { DataSet } from "./data_set.ts";
import { type ImageKind, imageKind, isTomosynthesis } from "./image_kind.ts";
import { type Scanner, scannerOf } from "./scanner.ts";
import { viewOf } from "./view_of.ts";

/** Stable slug: why a valid file is left out. */
export type SkipCode = keyof typeof SKIP_REASONS;

/** Message for each reason to leave out a file. */
export const SKIP_REASONS = {
  dicom_not_mammogram: "it is not a mammogram",
  dicom_kind_unknown: "it has neither Modality nor SOP class",
  dicom_for_processing: "it is FOR PROCESSING: models expect images FOR PRESENTATION",
  dicom_quality_control: "it is a quality control image",
  dicom_burned_in_annotation: "it has a burned-in annotation, which may name the patient",
  dicom_view_contradicted: "its view code and its View Position contradict one another",
  dicom_view_unknown: "its view is not one of L-CC, R-CC, L-MLO, R-MLO",
  dicom_side_missing: "its view is known and its side is not: Image Laterality is missing",
  dicom_position_missing: "its side is known and its view is neither CC nor MLO, or not told",
} as const;

/** Identifies a study; held in memory only, never written. */
export interface StudyKeys {
  readonly studyInstanceUid: string;
  readonly accessionNumber: string;
  readonly patientId: string;
  /** YYYYMMDD */
  readonly studyDate: string;
}

/**
 * What to do with a file: use it for a view (with its kind, unless it is a plain screening view) or leave it
 * out. The view may be unknown for a kind that is left out.
 */
export type Verdict =
  | { readonly view: View; readonly kind?: ImageKind }
  | { readonly view: null; readonly kind: ImageKind }
  | { readonly skip: SkipCode };

/** What a file's header states. */
export interface ImageDescription extends StudyKeys {
  readonly sopInstanceUid: string;
  readonly verdict: Verdict;
  /** Edge of the chest wall according to the header; null when not stated. */
  readonly chestWall: "left" | "right" | null;
  readonly scanner: Scanner;
}

const DIGITAL_MAMMOGRAPHY = "1.2.840.10008.5.1.4.1.1.1.2";
const FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.2.1";
/** Holds digitised film in public data sets; otherwise screenshots and reports. */
const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";
/** Radiography modalities under which some mammograms are stored. */
const RADIOGRAPHS: ReadonlySet<string> = new Set(["CR", "DX"]);
/** Digital mammography for both intents; also CR and DX, used for older mammograms. */
const MAMMOGRAM_CLASSES: ReadonlySet<string> = new Set([
  ...[DIGITAL_MAMMOGRAPHY, FOR_PROCESSING, "1.2.840.10008.5.1.4.1.1.1"],
  ...["1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1.1"],
]);

/** Describes a file from its header alone. */
export function describeImage(dataSet: DataSet): ImageDescription {
  return {
    studyInstanceUid: dataSet.text("StudyInstanceUID"),
    accessionNumber: dataSet.text("AccessionNumber"),
    patientId: dataSet.text("PatientID"),
    studyDate: dataSet.text("StudyDate"),
    sopInstanceUid: dataSet.text("SOPInstanceUID"),
    verdict: judge(dataSet),
    chestWall: chestWallOf(dataSet),
    scanner: scannerOf(dataSet),
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
  const found = viewOf(dataSet);
  if ("view" in found) return kind === null ? found : { ...found, kind };
  if (kind !== null) return { view: null, kind };
  if ("contradicted" in found) return { skip: "dicom_view_contradicted" };
  return {
    skip: found.missing === "both" ? "dicom_view_unknown" : `dicom_${found.missing}_missing`,
  };
}

/**
 * Decides from SOP class, Modality and body part whether a file is a mammogram; null when they do not say.
 * These elements come early in a file, so the rest need not be readable.
 * @param isWhole whether the whole header was read
 */
export function tellsMammogram(dataSet: DataSet, isWhole = true): boolean | null {
  const sopClass = dataSet.text("SOPClassUID") || dataSet.text("MediaStorageSOPClassUID");
  const modality = dataSet.code("Modality");
  if (sopClass === SECONDARY_CAPTURE) {
    if (modality !== "MG") return modality === "" && !isWhole ? null : false;
    return showsBreast(dataSet, isWhole);
  }
  if (sopClass !== "" && !MAMMOGRAM_CLASSES.has(sopClass)) return false;
  if (modality === "MG") return true;
  if (/^(|OT|MAMMO.*)$/.test(modality) && sopClass.startsWith(DIGITAL_MAMMOGRAPHY)) return true;
  if (modality !== "" && !RADIOGRAPHS.has(modality)) return false;
  const breast = showsBreast(dataSet, isWhole);
  if (breast !== false) return breast;
  // Only mammograms have these views.
  const hasView = /^([LR] ?)?(CC|MLO)$/.test(dataSet.code("ViewPosition"));
  return modality === "" ? null : hasView && dataSet.code("BodyPartExamined") === "";
}

/** Whether the body part is the breast; null when the element may still follow. */
function showsBreast(dataSet: DataSet, isWhole: boolean): boolean | null {
  const part = dataSet.code("BodyPartExamined");
  if (part === "" && !isWhole) return null;
  return /\b[LR]?(BREAST|MAMM?A|MAMMO)/.test(part);
}

function intentToSkip(dataSet: DataSet): SkipCode | null {
  const isForProcessing = dataSet.text("SOPClassUID") === FOR_PROCESSING ||
    dataSet.code("PresentationIntentType") === "FOR PROCESSING";
  if (isForProcessing) return "dicom_for_processing";
  if (dataSet.code("QualityControlImage") === "YES") return "dicom_quality_control";
  return dataSet.code("BurnedInAnnotation") === "YES" ? "dicom_burned_in_annotation" : null;
}

/**
 * Patient Orientation starts with the direction of a row (PS3.3 section C.7.6.1.1.1): towards anterior means
 * that the row starts at the chest wall.
 */
function chestWallOf(dataSet: DataSet): "left" | "right" | null {
  const direction = dataSet.code("PatientOrientation")[0];
  if (direction === "A") return "left";
  return direction === "P" ? "right" : null;
}
