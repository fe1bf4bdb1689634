import type { JSX } from "hono/jsx/jsx-runtime";

const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  [
    "AUROC",
    "Area under the ROC curve: how often a positive scores higher than a negative, ties counted " +
    "half. 0.5 is guessing, 1 is perfect. It does not depend on how common cancer is.",
  ],
  [
    "AUPRC",
    "Area under the precision–recall curve, its points joined by straight lines, as the metarepository " +
    "prints it. With many equal scores it is far too high, and with few cancers too high.",
  ],
  [
    "Average precision",
    "Mean precision over the malignant ones: the precision–recall curve in steps. It depends on how " +
    "common cancer is in these data: compare it only on the same data. With few cancers it is too high.",
  ],
  ["Brier score", "Mean squared distance of score and truth; only for scores from 0 to 1."],
  [
    "Interval by exam",
    "Resamples whole exams: the two breasts and four images of one exam are alike. By woman it resamples all " +
    "exams of a woman together. Report this one.",
  ],
  [
    "Interval by row",
    "Resamples single breasts or images as if they were independent: as published numbers often " +
    "do, and usually too narrow.",
  ],
  [
    "Recall rate",
    "Share of exams that would be called back: those in which anything is called positive.",
  ],
  [
    "Undefined",
    "The data do not have what the number needs, both classes say. The reason stands beside it.",
  ],
];

/** What the words mean. */
export function GlossarySection(): JSX.Element {
  return (
    <section aria-labelledby="words">
      <h2 id="words">What the words mean</h2>
      <dl>
        {WORDS.map(([word, meaning]) => (
          <>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}
