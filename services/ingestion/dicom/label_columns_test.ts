import assert from "node:assert/strict";
import { readTable } from "../../../shared/format/mod.ts";
import { furtherColumns, furtherValue } from "./label_columns.ts";

function judge(
  names: readonly string[],
  keep: readonly string[] = [],
): { kept: string[]; leftOut: string[] } {
  const table = readTable(`${names.join(",")}\n${names.map(() => "a").join(",")}\n`);
  const { kept, leftOut } = furtherColumns(table, [], keep);
  return { kept: kept.map(({ name }) => name), leftOut: leftOut.map(({ name }) => name) };
}

Deno.test("columns of subgroups are kept, whatever their words contain", () => {
  const names = [
    ...["pathology", "path_severity", "ethnicity", "ETHNICITY_DESC", "multiplicity", "specificity"],
    ...["profile", "family_history", "manufacturer_model_name", "left_density", "right_density"],
    ...["machine_id", "site_id", "ManufacturerModelName", "age_at_first_birth", "patient_age"],
    ...["exposure_time", "screening_interval_time", "hormone_therapy_history", "mobile_unit"],
    ...["hospital_group", "notes_length", "insurance_type", "radiologist_experience", "city_size"],
    ...["postal_region", "zip3", "fluid", "validated", "idiopathic", "candidate", "update_count"],
    ...["streetwise", "emailed", "scanner_model", "stratum", "density", "race", "laterality"],
  ];
  assert.deepEqual(judge(names), { kept: names, leftOut: [] });
});

Deno.test("columns that identify by a whole word are left out, however the words are joined", () => {
  const names = [
    ...["Patient Name", "PatientName", "patient_name", "name", "birth_date", "BirthDate", "dob"],
    ...["date_of_birth", "StudyDate", "study_date_anon", "SOPInstanceUID", "series_uid", "mrn"],
    ...["case_id", "ID", "file_path", "image.path", "filename", "zip", "postal-code-zip", "city"],
    ...["home address", "phone_number", "e-mail", "referring_physician", "hospital", "remarks"],
    ...["zip_code", "insurance_no", "radiologist_1", "Geburtsdatum", "Vorname", "Straße", "prénom"],
    ...[
      "cognome",
      "codice_fiscale",
      "apellido",
      "nombre",
      "personnummer",
      "patient_code",
      "AHV Nr",
    ],
    ...["medical_history", "study_time", "AcquisitionTime", "notes", "acc_id", "accession"],
  ];
  assert.deepEqual(judge(names), { kept: [], leftOut: names });
});

Deno.test("keep_columns keeps by name; keys that the import fills stay its own", () => {
  const names = ["case_id", "screening_date", "exam_id", "L-CC", "left_malignant"];
  assert.deepEqual(judge(names, ["Case_ID", " screening_date "]).kept, names.slice(0, 2));
  assert.deepEqual(judge(names, names).kept, names.slice(0, 2));
  assert.throws(() => judge(names, ["case"]), /keep_columns names "case", which is not a column/);
});

Deno.test("a column with a long text is left out with the line; known keys are not", () => {
  const long = "long ".repeat(10);
  const table = readTable(`story,reads,age\na,b,5\n${long},${long},\n`);
  const { kept, leftOut } = furtherColumns(table, [], []);
  assert.deepEqual(leftOut.map(({ name }) => name), ["story"]);
  assert.match(leftOut[0]!.reason, /^line 3 has a text of over 32 characters/);
  assert.deepEqual(kept.map((column) => furtherValue(column, table.rows[1]!.cells)), [
    long.trim(),
    null,
  ]);
  assert.deepEqual(furtherColumns(table, [], ["story"]).leftOut, []);
});
