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

/** Texts by kind, as devices and technicians write them; upper and lower case and any punctuation. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  synthetic_2d: [
    ...[
      "LCC_C-View",
      "C View",
      "CVIEW L CC",
      "S View",
      "VPreview L CC",
      "L_CC_S2D",
      "L CC Synth 2D",
    ],
    ...[
      "Mammo synthétique",
      "Sintética",
      "Synthetisch 2D",
      "INTELLIGENT2D",
      "Clarity HD 2D",
      "DBT 2D",
    ],
    ...[
      "2D from tomosynthesis",
      "L CC Tomosynthesis Reconstruction",
      "Quality MIP",
      "3DQuorum",
      "L CC 3D",
    ],
  ],
  contrast: [
    ...[
      "LCC_CEM",
      "TiCEM L CC",
      "SenoBright HD",
      "Kontrast L CC",
      "mammo de contraste",
      "Recombinée",
    ],
    ...["SUBTRACTED", "KM-Mammographie", "low-energy L CC", "Angiomammographie", "I-View 2.0"],
  ],
  magnification: [
    "LCC_MAG",
    "Vergrößerung",
    "cliché agrandi",
    "Ampliación",
    "ingrandimento",
    "1.8X",
  ],
  spot: ["L CC_SPOT", "Zielaufnahme", "Compression localisée", "compressione mirata", "Coned"],
  implant_displaced: ["L CC ID", "LCCID", "Implants displaced", "pushback", "Eklund"],
  stereotactic: [
    "Stereotaxie",
    "Biopsie links",
    "Needle loc",
    "wire localization",
    "Drahtmarkierung",
  ],
  specimen: ["Präparateradiographie", "PRAEPARAT", "pièce opératoire", "Surgical specimen"],
  other: ["L XCCL", "Galaktographie", "ductogram", "R2 CAD", "Axillary tail", "infra-mammary fold"],
};

Deno.test("kind of image: told in the words of vendors and languages, in any element that describes it", () => {
  for (const [kind, texts] of Object.entries(SPELLINGS)) {
    for (const text of texts) {
      for (const element of ["SeriesDescription", "ProtocolName"] as const) {
        assert.deepEqual(verdictOf({ [element]: text }), { view: "L-CC", kind }, text);
      }
      if (/3D|Tomosynthesis R/.test(text)) continue; // words of procedures, too
      const modifier = sequence("ViewModifierCodeSequence", ...code("x", text));
      assert.deepEqual(verdictOf({}, modifier), { view: "L-CC", kind }, text);
    }
  }
});

Deno.test("kind of image: words of procedures, of standard paddles and of no contrast agent name none", () => {
  const plain: readonly FileParts["texts"][] = [
    ...[
      "Screening Bilateral 3D Mammogram",
      "L CC Tomo Combo",
      "L CC without contrast",
      "ohne Kontrast",
    ]
      .map((SeriesDescription) => ({ SeriesDescription })),
    ...["24CM STANDARD", "18x24 sliding", "SmartCurve"].map((text) => ({
      PaddleDescription: text,
    })),
    ...["", "NONE", "no contrast", "N/A", "kein"].map((text) => ({ ContrastBolusAgent: text })),
    { AcquisitionDeviceProcessingDescription: "contrast enhancement" },
  ];
  for (const texts of plain) {
    assert.deepEqual(verdictOf(texts), { view: "L-CC" }, JSON.stringify(texts));
  }
});

Deno.test("kind of image: told by agents of any name, small paddles, body part and processing", () => {
  const kinds: [kind: string, texts: FileParts["texts"]][] = [
    ...["Jod", "Imeron 350", "KM", "YES"].map((text): [string, FileParts["texts"]] => [
      "contrast",
      { ContrastBolusAgent: text },
    ]),
    ["spot", { PaddleDescription: "10CM CONTACT" }],
    ["specimen", { BodyPartExamined: "BREAST SPECIMEN" }],
    ["synthetic_2d", { DerivationDescription: "C-View" }],
    ["contrast", { AcquisitionDeviceProcessingDescription: "CEM recombined" }],
  ];
  for (const [kind, texts] of kinds) {
    assert.deepEqual(verdictOf(texts), { view: "L-CC", kind }, JSON.stringify(texts));
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
    ["magnification", "MAG", ""],
    ["implant_displaced", "ID", ""],
    ["other", "RL", ""],
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
  assert.deepEqual(verdictOf({ Laterality: "R" }), contradicted, "beside Image Laterality L");
  assert.deepEqual(verdictOf({}, coded("R-10226")), contradicted);
  assert.deepEqual(verdictOf({}, coded("R-1024A")), contradicted);
  assert.deepEqual(verdictOf({}, coded("399265009")), contradicted);
  assert.deepEqual(verdictOf({}, coded("x", "exaggerated cranio-caudal")), {
    view: "L-CC",
    kind: "other",
  });
  for (const meaning of ["ML", "Lateral", "caudo-cranial", "from below"]) {
    assert.deepEqual(verdictOf({}, coded("x", meaning)), contradicted, meaning);
  }
  assert.deepEqual(verdictOf({}, coded("R-10242", "medio-lateral oblique")), contradicted);
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
  for (const Modality of ["", "OT", "MAMMOGRAPHY"]) {
    assert.deepEqual(verdictOf({ Modality }), { view: "L-CC" }, "the class tells");
  }
  for (const part of ["LBREAST", "MAMA", ""]) {
    const texts = { Modality: "DX", BodyPartExamined: part, SOPClassUID: CR };
    assert.deepEqual(verdictOf(texts), { view: "L-CC" }, `${part}, or the view tells`);
  }
  assert.deepEqual(verdictOf({ Modality: "", SOPClassUID: "" }), { skip: "dicom_kind_unknown" });
  assert.deepEqual(verdictOf({ Modality: "DX", BodyPartExamined: "CHEST", SOPClassUID: CR }), none);
  assert.deepEqual(verdictOf({ SOPClassUID: SECONDARY_CAPTURE }), none, "a screen, perhaps");
});
