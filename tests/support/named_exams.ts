import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";
import type { Json } from "./http.ts";

/** Exams of the dataset. */
const EXAMS = 24;
const VIEWS = ["L-CC", "L-MLO", "R-CC", "R-MLO"];

/** Shell lines that score each exam of the data list by its name, `case000` and so on, after a pause of `$PAUSE` s. */
export const SCORES_BY_NAME = String.raw`
echo "exam_id,left_malignant,right_malignant" >"$3"
for name in $(grep -aoE "case[0-9]{3}" "$1"); do
  sleep "$PAUSE"
  echo "$name,0.\${name#case},0.5" >>"$3"
done`.replaceAll("\\$", "$");

/** Writes a dataset of small images below a folder, and returns the request that registers it as `sample`. */
export async function writeNamedExams(folder: string): Promise<Json> {
  const images = join(folder, "images");
  const image = await Deno.readFile(join(PROJECT, "sample_data/images/0_L_CC.png"));
  await Deno.mkdir(images);
  const exams = Array.from({ length: EXAMS }, (_, at) => ({
    exam_id: `case${String(at).padStart(3, "0")}`,
    ...Object.fromEntries(VIEWS.map((view) => [view, [`${at}_${view}`]])),
    cancer_label: { left_malignant: at % 3 === 0 ? 1 : 0, right_malignant: 0 },
  }));
  for (let at = 0; at < EXAMS; at++) {
    for (const view of VIEWS) await Deno.writeFile(join(images, `${at}_${view}.png`), image);
  }
  await Deno.writeTextFile(join(folder, "exams.json"), JSON.stringify(exams));
  return { name: "sample", images, data_list: join(folder, "exams.json") };
}
