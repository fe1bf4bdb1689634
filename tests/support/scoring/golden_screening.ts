import { rowsOfGolden } from "../golden_data.ts";

/**
 * Returns the golden exams as a CSV data list without images, and as exam-level predictions. The side of a cancer is
 * unknown there; here it is the left one.
 *
 * @param exams how many, from the first
 */
export function goldenScreening(exams = Infinity): { list: string; predictions: string } {
  const rows = rowsOfGolden("screening/braix_exams.csv").slice(0, exams);
  const list = [
    "exam_id,left_malignant,right_malignant,detection_left,reader_1,recall_1,reader_2," +
    "recall_2,reader_3,recall_3,consensus_recall,manufacturer",
  ];
  const predictions = ["exam_id,left_malignant,right_malignant"];
  for (const row of rows) {
    const found = row["outcome"] === "1" ? "screen" : row["outcome"] === "2" ? "interval" : "";
    const cells = [
      ...[row["exam"], found === "" ? 0 : 1, 0, found, row["reader1"], row["r1"], row["reader2"]],
      ...[row["r2"], row["reader3"], row["r3"], row["consensus"], row["manufacturer"]],
    ];
    list.push(cells.join());
    predictions.push(`${row["exam"]},${row["ai_score"]},${row["ai_score"]}`);
  }
  return { list: list.join("\n") + "\n", predictions: predictions.join("\n") + "\n" };
}
