import type { z } from "@hono/zod-openapi";
import type { examSchema } from "../../../shared/contracts/datasets.ts";
import type { Exam, View } from "../../../shared/domain/mod.ts";

/** Converts an exam to its API form. */
export function shownExam(exam: Exam): z.infer<typeof examSchema> {
  return {
    index: exam.index,
    id: exam.id,
    images: Object.fromEntries(
      Object.entries<readonly string[]>(exam.images).map(([view, names]) => [view, [...names]]),
    ) as Record<View, string[]>,
    malignant: { ...exam.malignant },
    horizontal_flip: exam.horizontalFlip,
    extras: { ...exam.extras },
  };
}
