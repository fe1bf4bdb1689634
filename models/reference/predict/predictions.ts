import type { Features } from "./features.ts";
import { asymmetry } from "./features.ts";
import { type Exam, type View, VIEWS } from "./data_list.ts";
import { malignancyScore } from "./score.ts";

/** One picture that has to be measured. */
export interface Task {
  /** Image name without `.png`. */
  readonly image: string;
  /** The view under which the data list names it first. */
  readonly view: View;
  /** The exam that names it first. */
  readonly exam: Exam;
}

const OTHER_BREAST: Readonly<Record<View, View>> = {
  "L-CC": "R-CC",
  "R-CC": "L-CC",
  "L-MLO": "R-MLO",
  "R-MLO": "L-MLO",
};

/**
 * Lists what has to be measured.
 *
 * @param exams the data list
 * @returns every image once, in data-list order: an image that is named twice is measured in the
 *   view that names it first
 */
export function tasksOf(exams: readonly Exam[]): Task[] {
  const tasks = new Map<string, Task>();
  for (const exam of exams) {
    for (const view of VIEWS) {
      for (const image of exam.images[view]) {
        if (!tasks.has(image)) tasks.set(image, { image, view, exam });
      }
    }
  }
  return [...tasks.values()];
}

/** Mean asymmetry against all images of the other breast in the same view. */
function asymmetryOf(task: Task, features: ReadonlyMap<string, Features>): number | null {
  const others = task.exam.images[OTHER_BREAST[task.view]].filter((image) => image !== task.image);
  if (others.length === 0) return null;
  const own = features.get(task.image)!.grid;
  const sum = others.reduce(
    (total, image) => total + asymmetry(own, features.get(image)!.grid),
    0,
  );
  return sum / others.length;
}

/**
 * Scores all images.
 *
 * @param tasks every image once
 * @param features what was measured, by image name
 * @param asymmetryWeight weight of the asymmetry in the score
 * @returns malignancy score by image name
 */
export function scoreImages(
  tasks: readonly Task[],
  features: ReadonlyMap<string, Features>,
  asymmetryWeight: number,
): Map<string, number> {
  return new Map(tasks.map((task) => {
    const evidence = {
      features: features.get(task.image)!,
      asymmetry: asymmetryOf(task, features),
    };
    return [task.image, malignancyScore(evidence, asymmetryWeight)];
  }));
}

/** Quotes a CSV field where RFC 4180 asks for it. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Writes predictions, one row for each time the data list names an image.
 *
 * @param exams the data list
 * @param scores malignancy score by image name
 * @returns CSV text
 */
export function predictionsCsv(
  exams: readonly Exam[],
  scores: ReadonlyMap<string, number>,
): string {
  const lines = ["image_index,malignant_pred,malignant_label"];
  for (const exam of exams) {
    for (const view of VIEWS) {
      const label = view.startsWith("L") ? exam.malignant.left : exam.malignant.right;
      for (const image of exam.images[view]) {
        lines.push(`${field(image)},${scores.get(image)!},${label}`);
      }
    }
  }
  return lines.join("\n") + "\n";
}
