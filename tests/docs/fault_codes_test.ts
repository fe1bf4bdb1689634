import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";

/** Where faults are found. */
const SOURCES = [
  "shared/domain",
  "shared/format",
  "shared/subgroups",
  "services/ingestion",
  "services/scoring",
];
/** How a code begins: what it is about. */
const ABOUT = [
  "attributes|cancer_label|case|column|data_list|dicom|exams?|file|horizontal_flip|images?|import|key",
  "background|labels?|lut|orientation|pacs|patient|predictions?|raters|row|samples|score|side|study|subgroup|value|view|window",
].join("|");
const CODE = new RegExp(`"((?:${ABOUT})_[a-z0-9_]+)"|\\bcode: "([a-z0-9_]+)"`, "g");
/** Fields, columns and routes that look like codes. */
const NO_CODES = new Set([
  ...["attributes_sha256", "data_list_sha256", "predictions_sha256", "images_folder_read_only"],
  ...["cancer_label", "exam_id", "exam_index", "image_index", "exams_called_by"],
  ...["exam_date", "image_kind", "patient_id", "subgroup_key", "window_location"],
]);

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* sources(path);
    else if (/\.tsx?$/.test(name) && !name.endsWith("_test.ts")) {
      yield await Deno.readTextFile(path);
    }
  }
}

Deno.test("each code of a fault is explained in docs/problem_types.md", async () => {
  const codes = new Set<string>();
  for (const folder of SOURCES) {
    for await (const text of sources(join(PROJECT, folder))) {
      for (const [, code, named] of text.matchAll(CODE)) codes.add(code ?? named!);
    }
  }
  const documents = await Deno.readTextFile(join(PROJECT, "docs/problem_types.md"));
  const missing = [...codes].filter((code) => !NO_CODES.has(code))
    .filter((code) => !documents.includes(`\`${code}\``));
  assert.ok(codes.size > 60, `${codes.size} codes`);
  assert.deepEqual(missing.sort(), []);
});
