import assert from "node:assert/strict";
import type { Inspection } from "./dicom_converter.ts";
import type { ImageDescription, Verdict } from "./describe_image.ts";
import { readLabels } from "./labels.ts";
import type { InspectedFile } from "./group_studies.ts";
import { type ExamPlan, planExams } from "./plan_exams.ts";
import type { ImageKind } from "./image_kind.ts";
import { createPseudonyms } from "./pseudonyms.ts";

const PSEUDONYMS = createPseudonyms(new Uint8Array(32).fill(7));
const HEAD = "StudyInstanceUID,left_malignant,right_malignant";

const SCANNER = {
  ...{ manufacturer: "Maker", model: "M1", software: "1.0", detector: "" },
  ...{ thicknessMm: null, implant: null },
};

let instances = 0;

function image(study: string, parts: Partial<ImageDescription> = {}): Inspection {
  return {
    ok: true,
    fingerprint: `f${instances}`,
    description: {
      studyInstanceUid: study,
      accessionNumber: "",
      patientId: "",
      studyDate: "",
      sopInstanceUid: `9.${instances++}`,
      verdict: { view: "L-CC" },
      chestWall: null,
      scanner: { ...SCANNER, manufacturer: "", model: "", software: "" },
      ...parts,
    },
  };
}

function plan(
  inspections: readonly Inspection[],
  labels: string,
  variant = "1",
  { keep = [], accept = [], digests = [] }: {
    keep?: readonly string[];
    accept?: readonly ImageKind[];
    digests?: readonly string[];
  } = {},
): ExamPlan {
  const files = inspections.map((inspection, index): InspectedFile => ({
    path: `/secret/${index}.txt`,
    place: index + 1,
    inspection,
    ...(digests[index] === undefined ? {} : { pixelsDigest: digests[index]! }),
  }));
  return planExams(files, readLabels(labels, keep), PSEUDONYMS, variant, accept);
}

function codes(faults: ExamPlan["errors"]): string[] {
  return faults.map(({ code }) => code);
}

Deno.test("plan: studies with a label become exams, in the order of the labels", () => {
  const views = (["L-CC", "R-CC", "L-MLO", "R-MLO"] as const).map((view) => ({
    verdict: { view },
  }));
  const files = [...views.map((view) => image("1.1", view)), ...views.map((v) => image("1.2", v))];
  const { exams, errors, warnings } = plan(files, `${HEAD}\n1.2,1,0\n1.1,0,0\n`);
  assert.deepEqual([errors, warnings], [[], []]);
  assert.deepEqual(exams.map(({ id }) => id), ["1.2", "1.1"].map((uid) => PSEUDONYMS.exam(uid)));
  assert.deepEqual(exams[0]!.images.map(({ place }) => place), [5, 6, 7, 8]);
  assert.match(exams[0]!.images[0]!.name, /^e[0-9a-f]{20}_L_CC_[0-9a-f]{12}$/);
});

Deno.test("plan: what is left out is told by pseudonym, line or place", () => {
  const { exams, errors, warnings } = plan([
    image("1.1"),
    image("1.5"),
    image("1.1", { verdict: { skip: "dicom_for_processing" } }),
    { ok: false, code: "dicom_not_dicom", message: "is no DICOM" },
    { ok: false, code: "dicom_truncated", message: "is cut off" },
  ], `${HEAD}\n1.1,0,0\n1.9,0,1\n`);
  assert.equal(exams.length, 1);
  assert.deepEqual(codes(errors), ["dicom_truncated"]);
  assert.match(errors[0]!.message, /^File 5 .*is cut off$/);
  assert.deepEqual(codes(warnings).toSorted(), [
    "dicom_for_processing",
    "dicom_not_dicom",
    "label_without_study",
    "study_without_label",
    "view_missing",
    "view_missing",
    "view_missing",
  ]);
  const said = JSON.stringify([errors, warnings]);
  for (const secret of ["1.1", "1.5", "1.9", "secret"]) assert.ok(!said.includes(secret), secret);
});

Deno.test("plan: rows that say the same, and rows that mean two studies, are errors", () => {
  const repeated = plan([image("1.1")], `${HEAD}\n1.1,0,0\n1.1,0,1\n`);
  assert.deepEqual(codes(repeated.errors), ["labels_repeated"]);
  assert.match(repeated.errors[0]!.message, /Lines 2 and 3/);
  const ambiguous = plan(
    [image("1.1", { accessionNumber: "A" }), image("1.2", { accessionNumber: "A" })],
    "AccessionNumber,left_malignant,right_malignant\nA,0,0\n",
  );
  assert.deepEqual(codes(ambiguous.errors), ["labels_ambiguous"]);
  assert.deepEqual(codes(plan([image("1.1")], `${HEAD}\n1.1,,0\n`).errors), ["labels_invalid"]);
});

Deno.test("plan: an instance that is there twice is taken once; one without UIDs is an error", () => {
  const once = image("1.1", { sopInstanceUid: "9.9.9" });
  const { exams, warnings } = plan([once, once], `${HEAD}\n1.1,0,0\n`);
  assert.equal(exams[0]!.images.length, 1);
  assert.equal(codes(warnings)[0], "dicom_duplicate");
  assert.deepEqual(codes(plan([image("")], `${HEAD}\n1.1,0,0\n`).errors), ["dicom_unreadable"]);
});

Deno.test("plan: a column that repeats what identifies is left out, whatever it is called", () => {
  const { exams, warnings } = plan(
    [image("1.1", { patientId: "P-4711", accessionNumber: "45" })],
    `${HEAD},case,age\n1.1,0,0,P-4711,45\n`,
  );
  const { patient_id: woman, ...extras } = exams[0]!.label.extras;
  assert.deepEqual(extras, { age: 45 });
  assert.match(String(woman), /^p[0-9a-f]{20}$/);
  const [left] = warnings.filter(({ code }) => code === "labels_column_left_out");
  assert.equal(left!.field, "case");
  const asked = plan(
    [image("1.1", { patientId: "P-4711" })],
    `${HEAD},case\n1.1,0,0,P-4711\n`,
    "1",
    { keep: ["case"] },
  );
  assert.deepEqual(asked.exams[0]!.label.extras, { patient_id: woman, case: "P-4711" });
  assert.ok(codes(asked.warnings).includes("labels_column_kept"));
});

Deno.test("plan: one instance with two contents names both files; of two views it is an error", () => {
  const [one, other] = ["9.9.9", "9.9.9"].map((sopInstanceUid) => image("1.1", { sopInstanceUid }));
  const { errors, warnings } = plan([one!, other!], `${HEAD}\n1.1,0,0\n`, "1", {
    digests: ["a", "b"],
  });
  assert.deepEqual(errors, []);
  assert.match(warnings[0]!.message, /^File 2 .*of file 1, which is used, but other pixels/);
  const turned = image("1.1", { sopInstanceUid: "9.9.9", verdict: { view: "R-CC" } });
  const sides = plan([one!, turned], `${HEAD}\n1.1,0,0\n`, "1", { digests: ["a", "a"] });
  assert.deepEqual(codes(sides.errors), ["dicom_instance_repeated"], "one picture of two breasts");
  assert.match(sides.errors[0]!.message, /^File 1 .*and file 2 have the same SOPInstanceUID/);
  const same = plan([one!, other!], `${HEAD}\n1.1,0,0\n`, "1", { digests: ["a", "a"] });
  assert.deepEqual(same.errors, []);
  const elsewhere = plan([one!, turned], `${HEAD}\n1.2,0,0\n`, "1", { digests: ["a", "b"] });
  assert.deepEqual(elsewhere.errors, [], "a study without a label stops nothing");
});

Deno.test("plan: kinds are left out, named and counted, unless they are accepted", () => {
  const files = [
    image("1.1"),
    image("1.1", { verdict: { view: "L-CC", kind: "synthetic_2d" } }),
    image("1.1", { verdict: { view: "R-CC", kind: "synthetic_2d" } }),
    image("1.1", { verdict: { view: null, kind: "specimen" } }),
  ];
  const { exams, warnings } = plan(files, `${HEAD}\n1.1,0,0\n`);
  assert.equal(exams[0]!.images.length, 1);
  assert.equal(exams[0]!.label.extras["image_kind"], undefined);
  const [first] = warnings.filter(({ code }) => code === "dicom_synthesized");
  assert.match(first!.message, /^File 2 .*\(kind synthetic_2d, of which there are 2\)/);
  assert.equal(codes(warnings).filter((one) => one === "dicom_synthesized").length, 2);
  const accepted = plan(files, `${HEAD}\n1.1,0,0\n`, "1", { accept: ["synthetic_2d"] });
  assert.equal(accepted.exams[0]!.images.length, 3);
  assert.equal(accepted.exams[0]!.label.extras["image_kind"], "mixed");
  const alone = plan(files.slice(1), `${HEAD}\n1.1,0,0\n`, "1", { accept: ["synthetic_2d"] });
  assert.equal(alone.exams[0]!.label.extras["image_kind"], "synthetic_2d");
});

Deno.test("plan: what is no mammogram, or of no labelled study, rejects nothing, whatever is wrong with it", () => {
  const refused = (verdict: Verdict, study: string): Inspection => {
    const whole = image(study, { verdict });
    assert.ok(whole.ok);
    const { description } = whole;
    return { ok: false, code: "dicom_truncated", message: "is cut off", description };
  };
  const files = [
    refused({ skip: "dicom_not_mammogram" }, "1.1"),
    refused({ view: null, kind: "tomosynthesis" }, "1.1"),
    refused({ skip: "dicom_kind_unknown" }, ""),
    refused({ view: "L-CC" }, "1.2"),
  ];
  const { errors, warnings } = plan(files, `${HEAD}\n1.1,0,0\n`);
  assert.deepEqual(errors, []);
  assert.deepEqual(codes(warnings).filter((one) => one.startsWith("dicom")), [
    ...["dicom_tomosynthesis", "dicom_truncated", "dicom_truncated"],
    "dicom_not_mammogram",
  ]);
  const labelled = plan([refused({ view: "L-CC" }, "1.1")], `${HEAD}\n1.1,0,0\n`);
  assert.deepEqual(codes(labelled.errors), ["dicom_truncated"]);
});

Deno.test("plan: a woman's id becomes a pseudonym, the same in all of her exams", () => {
  const { exams } = plan(
    [image("1.1"), image("1.2"), image("1.3")],
    `${HEAD},patient_id\n1.1,0,0,W1\n1.2,0,0,W1\n1.3,0,0,W2\n`,
  );
  const [first, second, third] = exams.map(({ label }) => label.extras["patient_id"]);
  assert.match(String(first), /^p[0-9a-f]{20}$/);
  assert.equal(second, first);
  assert.notEqual(third, first);
  assert.ok(exams.every(({ label }) => label.patientId === null));
  const unnamed = plan([image("1.1", { patientId: "W1" })], `${HEAD}\n1.1,0,0\n`).exams;
  assert.equal(unnamed[0]!.label.extras["patient_id"], first, "the files tell it too");
});

Deno.test("plan: an id that an export has written into every study is no woman's", () => {
  const studies = Array.from({ length: 60 }, (_, at) => `1.${at + 1}`);
  const rows = studies.map((uid) => `${uid},0,0\n`).join("");
  const woman = (idOf: (at: number) => string): { known: number; told: boolean } => {
    const { exams, warnings } = plan(
      studies.map((uid, at) => image(uid, { patientId: idOf(at) })),
      `${HEAD}\n${rows}`,
    );
    const known = exams.filter(({ label }) => label.extras["patient_id"] !== undefined).length;
    return { known, told: codes(warnings).includes("patient_id_shared") };
  };
  assert.deepEqual(woman(() => "ANON"), { known: 0, told: true });
  assert.deepEqual(woman((at) => at < 55 ? "ANON" : `W${at}`), { known: 5, told: true });
  assert.deepEqual(woman((at) => `W${at >> 2}`), { known: 60, told: false });
});

Deno.test("plan: a line that misses its study by zeros in front says so", () => {
  const { warnings } = plan(
    [image("1.1", { accessionNumber: "000123" })],
    "AccessionNumber,left_malignant,right_malignant\n123,0,0\n",
  );
  const [lost] = warnings.filter(({ code }) => code === "label_without_study");
  assert.match(lost!.message, /differs by zeros in front/);
});

Deno.test("plan: another content, another window or another volume makes other names", () => {
  const one = image("1.1");
  const name = (inspection: Inspection, variant?: string): string =>
    plan([inspection], `${HEAD}\n1.1,0,0\n`, variant).exams[0]!.images[0]!.name;
  assert.equal(name(one), name(one));
  assert.notEqual(name(one), name({ ...one, fingerprint: "changed" } as Inspection));
  assert.notEqual(name(one), name(one, "2"));
  assert.notEqual(PSEUDONYMS.exam("1.1"), createPseudonyms(new Uint8Array(32)).exam("1.1"));
});

Deno.test("plan: keys of the scanner are the value where all images agree, else mixed", () => {
  const of = (parts: Partial<typeof SCANNER>, view: Verdict): Inspection =>
    image("1.1", {
      verdict: view,
      scanner: { ...SCANNER, ...parts } as ImageDescription["scanner"],
    });
  const { exams } = plan([
    of({ software: "2.0", implant: null }, { view: "L-CC" }),
    image("1.1", {
      verdict: { view: "R-CC" },
      scanner: { ...SCANNER, detector: "D7", thicknessMm: 40, implant: true },
    }),
    image("1.1", {
      verdict: { view: "L-MLO" },
      scanner: { ...SCANNER, thicknessMm: 61, implant: false },
    }),
  ], `${HEAD},scanner_model\n1.1,0,0,from labels\n`);
  assert.deepEqual(exams[0]!.label.extras, {
    manufacturer: "Maker",
    scanner_model: "from labels",
    scanner_software: "mixed",
    detector: "D7",
    thickness_mm: 50.5,
    implant: true,
  });
});

Deno.test("plan: what is cut off before its study is an error where a labelled study lacks an image, else a warning", () => {
  const cut: Inspection = { ok: false, code: "dicom_truncated", message: "is cut off" };
  const views = (["L-CC", "R-CC", "L-MLO", "R-MLO"] as const).map((view) => ({
    verdict: { view },
  }));
  const whole = views.map((view) => image("1.1", view));
  const labels = `${HEAD}\n1.1,0,0\n`;
  const complete = plan([...whole, cut], labels);
  assert.deepEqual([codes(complete.errors), codes(complete.warnings)], [[], ["dicom_truncated"]]);
  const short = plan([...whole.slice(1), cut], labels);
  assert.deepEqual(codes(short.errors), ["dicom_truncated"]);
  assert.match(short.warnings[0]!.message, /line 2 of the labels\) has no L-CC/);
});
