import { stream } from "../../../services/scoring/statistics/mod.ts";

/** Screening exams as the tables that a programme has. */
export interface BenchExams {
  /** The data list, CSV without images. */
  readonly list: string;
  /** Exam-level predictions, CSV. */
  readonly predictions: string;
  /** Both as numbers alone, CSV: what a script of one's own would read. */
  readonly joined: string;
}

/**
 * Draws exams with two reads each, a third where they differ, and about seven cancers in a thousand.
 *
 * @param count how many; seven women have ten exams
 */
export function drawExams(count: number): BenchExams {
  const random = stream(19, 0);
  const list = [
    "exam_id,patient_id,left_malignant,right_malignant,detection_left,recall_1,recall_2,recall_3,consensus_recall",
  ];
  const predictions = ["exam_id,malignant"];
  const joined = ["woman,score,cancer,recall_1,recall_2,recall_3,consensus"];
  for (let exam = 0; exam < count; exam++) {
    const woman = Math.floor(random.uniform() * 0.7 * count);
    const cancer = random.uniform() < 0.007 ? 1 : 0;
    const recall = (): number => random.uniform() < (cancer === 1 ? 0.75 : 0.04) ? 1 : 0;
    const [first, second] = [recall(), recall()];
    const third = first === second ? "" : recall();
    const consensus = first === second ? first : third;
    const score = Math.min(
      1,
      Math.round(1000 * random.uniform() ** (cancer === 1 ? 0.3 : 3)) / 1000,
    );
    const found = cancer === 0 ? "" : consensus === 1 ? "screen" : "interval";
    list.push(`e${exam},w${woman},${cancer},0,${found},${first},${second},${third},${consensus}`);
    predictions.push(`e${exam},${score}`);
    joined.push(`${woman},${score},${cancer},${first},${second},${third},${consensus}`);
  }
  const [listText, predictionsText, joinedText] = [list, predictions, joined].map((rows) =>
    `${rows.join("\n")}\n`
  );
  return { list: listText!, predictions: predictionsText!, joined: joinedText! };
}
