import { type Exam, lateralityOf, VIEWS } from "../../domain/mod.ts";
import { type FaultCollector, told } from "../faults.ts";

/** An exam with readable images, but perhaps without labels. */
export type NamedImages = Pick<Exam, "index" | "id" | "images"> & Partial<Pick<Exam, "malignant">>;

/**
 * Images named twice are warnings, or errors for breasts with different labels, since one must be wrong.
 * @returns indexes of the exams with such an error
 */
export function checkRepeatedImages(
  exams: readonly NamedImages[],
  rows: readonly number[],
  faults: FaultCollector,
): Set<number> {
  const failed = new Set<number>();
  const first = new Map<string, number>(); // image → position of the exam × 4 + view
  const warned = new Set<string>();
  for (const [position, exam] of exams.entries()) {
    for (const [viewIndex, view] of VIEWS.entries()) {
      for (const image of exam.images[view]) {
        const place = first.get(image);
        if (place === undefined) {
          first.set(image, position * VIEWS.length + viewIndex);
          continue;
        }
        const earlier = exams[Math.floor(place / VIEWS.length)]!;
        const earlierView = VIEWS[place % VIEWS.length]!;
        const where = earlier === exam ? earlierView : `${earlierView} of exam ${told(earlier.id)}`;
        const parts = { exam: exam.id, row: rows[exam.index]!, view, image, field: view };
        const label = exam.malignant?.[lateralityOf(view)];
        const earlierLabel = earlier.malignant?.[lateralityOf(earlierView)];
        const areKnown = typeof label === "number" && typeof earlierLabel === "number";
        if (areKnown && label !== earlierLabel) {
          const message = `The image is also listed for ${where}, a breast with a different label`;
          faults.error({ ...parts, code: "image_in_both_breasts", message });
          failed.add(earlier.index).add(exam.index);
        } else if (!warned.has(image)) {
          warned.add(image);
          const message = `The image is also listed for ${where}`;
          faults.warning({ ...parts, code: "image_repeated", message });
        }
      }
    }
  }
  return failed;
}
