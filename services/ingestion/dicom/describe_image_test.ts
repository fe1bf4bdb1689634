import assert from "node:assert/strict";
import { joinBytes } from "../../../shared/format/join_bytes.ts";
import { describeImage, type Verdict } from "./describe_image.ts";
import { readDicomFile } from "./read_dicom_file.ts";
import { type TagName, TAGS } from "./tags.ts";
import { dicomFile, type FileParts } from "../../../tests/support/ingestion/dicom_files.ts";
import { ascii, element, item } from "../../../tests/support/ingestion/write_data_set.ts";

/** A sequence with one item. */
function sequence(tag: TagName, ...elements: Uint8Array[]): Uint8Array {
  return element(TAGS[tag], "SQ", item(0xe000, joinBytes(elements)));
}

function code(value: string, meaning: string): Uint8Array[] {
  return [
    element(TAGS.CodeValue, "SH", ascii(value)),
    element(TAGS.CodeMeaning, "LO", ascii(meaning)),
  ];
}

function verdictOf(texts: FileParts["texts"], further: Uint8Array = new Uint8Array()): Verdict {
  const bytes = dicomFile({
    texts: { ImageLaterality: "L", ViewPosition: "CC", ...texts },
    further,
  });
  return describeImage(readDicomFile(bytes, bytes.length).dataSet).verdict;
}

Deno.test("kind of image: a plain screening view has none", () => {
  const plain = { view: "L-CC" };
  assert.deepEqual(verdictOf({ ImageType: "ORIGINAL\\PRIMARY" }), plain);
  assert.deepEqual(verdictOf({ ImageType: "DERIVED\\PRIMARY\\\\LEFT" }), plain);
  assert.deepEqual(verdictOf({ SeriesDescription: "L CC MAGNOLIA SCREENING" }), plain);
  assert.deepEqual(verdictOf({ ContrastBolusAgent: "NONE" }), plain);
  assert.deepEqual(verdictOf({ PaddleDescription: "24x29 FLEX" }), plain);
});

Deno.test("kind of image: told by Image Type, contrast agent, paddle or Series Description", () => {
  const kinds: [kind: string, texts: FileParts["texts"]][] = [
    ["synthetic_2d", { ImageType: "DERIVED\\PRIMARY\\TOMOSYNTHESIS\\GENERATED_2D" }],
    ["synthetic_2d", { ImageType: "DERIVED\\PRIMARY\\TOMO_2D" }],
    ["synthetic_2d", { ImageType: "DERIVED\\PRIMARY\\\\SYNTHETIC_2D" }],
    ["synthetic_2d", { ImageType: "DERIVED\\PRIMARY", SeriesDescription: "L CC C-View" }],
    ["synthetic_2d", { ImageType: "DERIVED\\SECONDARY", SeriesDescription: "S2D LCC" }],
    ["contrast", { ImageType: "ORIGINAL\\PRIMARY\\LOW_ENERGY" }],
    ["contrast", { ImageType: "DERIVED\\PRIMARY\\RECOMBINED" }],
    ["contrast", { ImageType: "DERIVED\\PRIMARY\\\\POST_CONTRAST\\SUBTRACTION" }],
    ["contrast", { ImageType: "DERIVED\\PRIMARY\\\\\\I-VIEW" }],
    ["contrast", { ContrastBolusAgent: "Iohexol" }],
    ["contrast", { SeriesDescription: "CESM L CC" }],
    ["stereotactic", { ImageType: "ORIGINAL\\PRIMARY\\STEREO_SCOUT" }],
    ["stereotactic", { SeriesDescription: "Stereo scout" }],
    ["specimen", { SeriesDescription: "Specimen" }],
    ["spot", { PaddleDescription: "SPOT 7.5CM" }],
    ["magnification", { PaddleDescription: "10CM MAG" }],
    ["magnification", { EstimatedRadiographicMagnificationFactor: "1.8" }],
    ["tomosynthesis", { SOPClassUID: "1.2.840.10008.5.1.4.1.1.13.1.3" }],
    ["tomosynthesis", { NumberOfFrames: "30" }],
    ["other", { ImageType: "DERIVED\\SECONDARY\\CAD" }],
  ];
  for (const [kind, texts] of kinds) {
    const verdict = verdictOf(texts);
    assert.equal("kind" in verdict ? verdict.kind : verdict, kind, JSON.stringify(texts));
  }
});

Deno.test("kind of image: told by view modifiers, by code or by what the code means", () => {
  const modifiers: [kind: string, code: string, meaning: string][] = [
    ["spot", "R-102D7", ""],
    ["magnification", "399163009", ""],
    ["implant_displaced", "R-102D5", "Implant Displaced"],
    ["implant_displaced", "x", "Implant displaced"],
    ["other", "R-102D3", "Rolled lateral"],
    ["spot", "x", "Spot compression"],
  ];
  for (const [kind, value, meaning] of modifiers) {
    const modifier = sequence("ViewModifierCodeSequence", ...code(value, meaning));
    const view = sequence("ViewCodeSequence", ...code("R-10242", "cranio-caudal"), modifier);
    assert.deepEqual(verdictOf({}, view), { view: "L-CC", kind }, `${value} ${meaning}`);
  }
});

Deno.test("view: by View Position or code; a code that contradicts it is named", () => {
  const coded = (value: string, meaning = "view"): Uint8Array =>
    sequence("ViewCodeSequence", ...code(value, meaning));
  assert.deepEqual(verdictOf({ ViewPosition: "" }, coded("R-10226")), { view: "L-MLO" });
  assert.deepEqual(verdictOf({}, coded("R-10242")), { view: "L-CC" });
  assert.deepEqual(verdictOf({}, coded("SITE_7")), { view: "L-CC" }, "a maker's own code");
  const contradicted = { skip: "dicom_view_contradicted" };
  assert.deepEqual(verdictOf({}, coded("R-10226")), contradicted);
  assert.deepEqual(verdictOf({}, coded("R-1024A")), contradicted);
  assert.deepEqual(verdictOf({}, coded("399265009")), contradicted);
  assert.deepEqual(verdictOf({}, coded("x", "exaggerated cranio-caudal")), {
    view: "L-CC",
    kind: "other",
  });
  assert.deepEqual(verdictOf({ ViewPosition: "ML" }), { skip: "dicom_position_missing" });
});

const CR = "1.2.840.10008.5.1.4.1.1.1";
const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";

Deno.test("view and side: as the public sets have them", () => {
  const region = (code: string): Uint8Array =>
    sequence(
      "AnatomicRegionSequence",
      sequence("AnatomicRegionModifierSequence", element(TAGS.CodeValue, "SH", ascii(code))),
    );
  const found: [view: string, texts: FileParts["texts"], further?: Uint8Array][] = [
    ["L-CC", { ImageLaterality: "LEFT" }],
    ["R-CC", { ImageLaterality: "", Laterality: "Right" }],
    ["R-CC", { ImageLaterality: "", ViewPosition: "R CC" }],
    ["R-MLO", { ImageLaterality: "", ViewPosition: "RMLO" }],
    ["L-CC", { ImageLaterality: "", ViewPosition: "L-CC" }],
    ["L-CC", { ViewPosition: "CRANIO-CAUDAL" }],
    ["L-MLO", { ViewPosition: "medio-lateral oblique" }],
    ["L-MLO", { ViewPosition: "Mediolateral Oblique View" }],
    ["R-CC", { ImageLaterality: "" }, region("G-A100")],
    ["L-CC", { ImageLaterality: "" }, region("7771000")],
    ["L-CC", { ImageLaterality: "", PatientOrientation: "A\\R" }],
    ["R-MLO", { ImageLaterality: "", ViewPosition: "MLO", PatientOrientation: "P\\FL" }],
    ["R-CC", { ImageLaterality: "", BodyPartExamined: "RIGHT BREAST" }],
    [
      "L-CC",
      { ImageLaterality: "", ViewPosition: "" },
      sequence("ViewCodeSequence", ...code("LCC", "")),
    ],
    [
      "R-CC",
      { ImageLaterality: "", ViewPosition: "" },
      sequence("ViewCodeSequence", ...code("x", "Right cranio-caudal")),
    ],
    ["L-CC", { Modality: "", SOPClassUID: CR, BodyPartExamined: "BREAST" }],
    ["L-CC", { Modality: "CR", SOPClassUID: CR, BodyPartExamined: "BREAST" }],
    // CBIS-DDSM: a secondary capture with the view in Patient Orientation.
    ["L-MLO", {
      ...{ SOPClassUID: SECONDARY_CAPTURE, BodyPartExamined: "BREAST", ImageLaterality: "" },
      ...{ Laterality: "L", ViewPosition: "", PatientOrientation: "MLO" },
    }],
  ];
  for (const [view, texts, further] of found) {
    assert.deepEqual(verdictOf(texts, further), { view }, JSON.stringify(texts));
  }
  const named: [skip: string, texts: FileParts["texts"]][] = [
    ["dicom_side_missing", { ImageLaterality: "" }],
    ["dicom_side_missing", { ImageLaterality: "", PatientOrientation: "A\\L" }],
    ["dicom_side_missing", { ImageLaterality: "B" }],
    ["dicom_position_missing", { ViewPosition: "" }],
    ["dicom_position_missing", { ViewPosition: "LM" }],
    ["dicom_view_unknown", { ImageLaterality: "", ViewPosition: "" }],
    ["dicom_view_contradicted", { ViewPosition: "RCC" }],
    ["dicom_view_contradicted", { PatientOrientation: "MLO" }],
  ];
  for (const [skip, texts] of named) {
    assert.deepEqual(verdictOf(texts), { skip }, JSON.stringify(texts));
  }
  const mask = { SOPClassUID: SECONDARY_CAPTURE, BodyPartExamined: "BREAST" };
  assert.deepEqual(verdictOf({ ...mask, SeriesDescription: "ROI mask images" }), {
    view: "L-CC",
    kind: "other",
  });
});

Deno.test("SOP class and Modality tell what is no mammogram, whatever else a file says", () => {
  const none = { skip: "dicom_not_mammogram" };
  assert.deepEqual(
    verdictOf({ SOPClassUID: "1.2.840.10008.5.1.4.1.1.2" }),
    none,
    "CT, Modality MG",
  );
  assert.deepEqual(verdictOf({ SOPClassUID: "1.2.840.113619.4.30" }), none, "a maker's raw data");
  assert.deepEqual(verdictOf({ Modality: "US" }), none);
  assert.deepEqual(verdictOf({ Modality: "" }), { view: "L-CC" }, "the class tells");
  assert.deepEqual(verdictOf({ Modality: "", SOPClassUID: "" }), { skip: "dicom_kind_unknown" });
  assert.deepEqual(verdictOf({ Modality: "DX", BodyPartExamined: "CHEST", SOPClassUID: CR }), none);
  assert.deepEqual(verdictOf({ SOPClassUID: SECONDARY_CAPTURE }), none, "a screen, perhaps");
});
