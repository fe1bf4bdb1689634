import { type DataList, readDataList } from "../../../shared/format/mod.ts";
import type { BenchSample } from "../statistics/sample.ts";

const VIEWS = { left: ["L-CC", "L-MLO"], right: ["R-CC", "R-MLO"] } as const;

/**
 * @param sample two breasts an exam, left before right
 * @returns its exams, with an image of each view
 */
export function examsOf({ labels }: BenchSample): DataList {
  const exams = Array.from({ length: labels.length / 2 }, (_, exam) => ({
    exam_id: `E${exam}`,
    ...Object.fromEntries(
      [...VIEWS.left, ...VIEWS.right].map((view) => [view, [`${exam}_${view}`]]),
    ),
    cancer_label: {
      left_malignant: labels[2 * exam],
      right_malignant: labels[2 * exam + 1],
    },
    horizontal_flip: "NO",
  }));
  return readDataList(new TextEncoder().encode(JSON.stringify(exams)), "json");
}

/**
 * @param sample two breasts an exam, left before right
 * @returns predictions of its breasts, CSV
 */
export function breastPredictions({ scores }: BenchSample): string {
  const rows = Array.from(
    { length: scores.length / 2 },
    (_, exam) => `${exam},${scores[2 * exam]},${scores[2 * exam + 1]}\n`,
  );
  return `index,left_malignant,right_malignant\n${rows.join("")}`;
}

/**
 * @param sample two breasts an exam, left before right
 * @returns predictions of its images, CSV; a breast's two differ a little
 */
export function imagePredictions({ scores }: BenchSample): string {
  const rows = Array.from(scores, (score, at) => {
    const [first, second] = VIEWS[at % 2 === 0 ? "left" : "right"];
    const exam = at >> 1;
    return `${exam}_${first},${score * 0.99},0\n${exam}_${second},${score * 0.98},0\n`;
  });
  return `image_index,malignant_pred,malignant_label\n${rows.join("")}`;
}
