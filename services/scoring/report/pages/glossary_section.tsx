import { Section } from "../../../../shared/pages/mod.ts";
import type { JSX } from "hono/jsx/jsx-runtime";

const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  [
    "AUROC",
    "Area under the ROC curve: probability that a positive scores higher than a negative, ties counted " +
    "half. 0.5 is guessing, 1 is perfect. It does not depend on how common cancer is.",
  ],
  [
    "AUPRC",
    "Area under the precision–recall curve with straight lines between its points, as the metarepository " +
    "prints it. With many ties it is far too high, and with few cancers too high.",
  ],
  [
    "Average precision",
    "Mean precision over the malignant ones: the precision–recall curve in steps. It depends on how " +
    "common cancer is in these data: compare it only on the same data. With few cancers it is too high.",
  ],
  ["Brier score", "Mean squared difference of score and truth; only for scores from 0 to 1."],
  [
    "Interval by exam",
    "Resamples whole exams: the two breasts and four images of one exam are alike. By woman it resamples all " +
    "exams of a woman together. Report this one.",
  ],
  [
    "Interval by row",
    "Resamples single breasts or images as if they were independent: published numbers often " +
    "use it. It is usually too narrow.",
  ],
  ["Recall rate", "Share of exams that would be recalled: exams with at least one positive."],
  [
    "Undefined",
    "The data does not allow the number, for example because one class is missing. The reason is given beside it.",
  ],
];

/** Glossary of terms. */
export function GlossarySection(): JSX.Element {
  return (
    <Section id="words" title="Glossary">
      <dl>
        {WORDS.map(([word, meaning]) => (
          <>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
    </Section>
  );
}
