import type { View } from "../../../shared/domain/mod.ts";
import type { DataSet } from "./data_set.ts";

/** Why a file is left out though nothing is wrong with it: stable slugs. */
export type SkipCode = keyof typeof SKIP_REASONS;

/** What is said of a file that is left out. */
export const SKIP_REASONS = {
  dicom_not_mammogram: "it is no mammogram",
  dicom_for_processing: "it is FOR PROCESSING: models expect images FOR PRESENTATION",
  dicom_tomosynthesis: "it is tomosynthesis",
  dicom_synthesized: "it was computed from tomosynthesis, not exposed",
  dicom_quality_control: "it is a quality control image",
  dicom_burned_in_annotation: "it has a burned-in annotation, which may name the patient",
  dicom_spot_or_magnification: "it is a spot, magnification or other additional view",
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

/** What the header of a file tells. */
export interface ImageDescription extends StudyKeys {
  readonly sopInstanceUid: string;
  /** The view, or why the file is left out. */
  readonly verdict: { readonly view: View } | { readonly skip: SkipCode };
  /** Edge at which the chest wall lies according to the header; null when it does not tell. */
  readonly chestWall: "left" | "right" | null;
}

const FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.2.1";
const TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3";
const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";

/** View codes (PS3.16 CID 4014), in SNOMED RT and SNOMED CT. */
const VIEW_OF_CODE: Readonly<Record<string, "CC" | "MLO">> = {
  "R-10242": "CC",
  "399162004": "CC",
  "R-10226": "MLO",
  "399368009": "MLO",
};
/**
 * View modifiers (PS3.16 CID 4015) of images that show a part of the breast or show it otherwise:
 * cleavage, axillary tail, rolled in four directions, magnification, spot compression, tangential.
 */
const ADDITIONAL_VIEWS = new Set([
  ...["R-102D2", "R-102D1", "R-102D3", "R-102D4", "R-102CA", "R-102C9"],
  ...["R-102D6", "R-102D7", "R-102C2"],
  ...["399161006", "399011000", "399197004", "399226006", "414493005", "414497006"],
  ...["399163009", "399055006", "399110001"],
]);
/** Contact views have up to about 1.1, magnification views 1.5 and more. */
const MAGNIFICATION_MIN = 1.3;

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

function judge(dataSet: DataSet): ImageDescription["verdict"] {
  const skip = kindToSkip(dataSet) ?? viewToSkip(dataSet);
  if (skip !== null) return { skip };
  const view = viewOf(dataSet);
  return view === null ? { skip: "dicom_view_unknown" } : { view };
}

function kindToSkip(dataSet: DataSet): SkipCode | null {
  const sopClass = dataSet.text("SOPClassUID");
  const imageType = dataSet.texts("ImageType").map((value) => value.toUpperCase());
  if (sopClass === TOMOSYNTHESIS) return "dicom_tomosynthesis";
  if (dataSet.code("Modality") !== "MG" || sopClass.startsWith(SECONDARY_CAPTURE)) {
    return "dicom_not_mammogram";
  }
  if (imageType.some((value) => value === "TOMOSYNTHESIS" || value.startsWith("GENERATED_2D"))) {
    return "dicom_synthesized";
  }
  if ((dataSet.decimal("NumberOfFrames") ?? 1) > 1) return "dicom_tomosynthesis";
  const isForProcessing = sopClass === FOR_PROCESSING ||
    dataSet.code("PresentationIntentType") === "FOR PROCESSING";
  if (isForProcessing) return "dicom_for_processing";
  if (dataSet.code("QualityControlImage") === "YES") return "dicom_quality_control";
  return dataSet.code("BurnedInAnnotation") === "YES" ? "dicom_burned_in_annotation" : null;
}

function viewToSkip(dataSet: DataSet): SkipCode | null {
  const modifiers = [dataSet, ...dataSet.items("ViewCodeSequence")]
    .flatMap((place) => place.items("ViewModifierCodeSequence"))
    .map((item) => item.text("CodeValue"));
  const factor = dataSet.decimal("EstimatedRadiographicMagnificationFactor") ?? 1;
  const additional = factor >= MAGNIFICATION_MIN ||
    modifiers.some((code) => ADDITIONAL_VIEWS.has(code));
  return additional ? "dicom_spot_or_magnification" : null;
}

function viewOf(dataSet: DataSet): View | null {
  const side = dataSet.code("ImageLaterality") || dataSet.code("Laterality");
  const code = dataSet.items("ViewCodeSequence")[0]?.text("CodeValue") ?? "";
  const position = dataSet.code("ViewPosition") ||
    (Object.hasOwn(VIEW_OF_CODE, code) ? VIEW_OF_CODE[code] : "");
  if (side !== "L" && side !== "R") return null;
  return position === "CC" || position === "MLO" ? `${side}-${position}` : null;
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
