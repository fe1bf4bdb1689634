import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";

/** Meanings of terms, by the heading that stands beside the numbers. */
export const GLOSSARY: Readonly<Record<string, string>> = {
  "AUROC":
    "Area under the ROC curve: probability that a positive scores higher than a negative, ties counted " +
    "half. 0.5 is guessing, 1 is perfect. It does not depend on how common cancer is.",
  "AUPRC":
    "Area under the precision–recall curve with straight lines between its points, as the metarepository " +
    "prints it. With many ties it is far too high, and with few cancers too high.",
  "Average precision":
    "Mean precision over the malignant ones: the precision–recall curve in steps. It depends on how " +
    "common cancer is in these data: compare it only on the same data. With few cancers it is too high.",
  "Brier score": "Mean squared difference of score and truth; only for scores from 0 to 1.",
  "Sensitivity": "Of the malignant ones, the share called positive.",
  "Specificity": "Of those that are not malignant, the share called negative.",
  "Positive predictive value":
    "Of those called positive, the share that is malignant. It depends on how common cancer is.",
  "Negative predictive value":
    "Of those called negative, the share that is not malignant. It depends on how common cancer is.",
  "Recall rate": "Share of exams that would be recalled: exams with at least one positive.",
  "Cancers found per 1,000 exams":
    "Exams in which a breast with cancer is called positive, per 1,000 exams.",
  "Threshold": "A sample is called positive if its score is at or above this value.",
  "Slope":
    "Calibration slope: 1 if scores spread as the truth does; below 1 they are too extreme, above 1 too timid.",
  "Intercept":
    "Where the calibration line crosses: 0 if scores are right on average at a score of one half.",
  "Calibration in the large":
    "Whether scores are right on average: below 0 they are too high, above 0 too low.",
  "Expected calibration error":
    "Mean distance between score and observed share, over bins of scores. It depends on the bins.",
  "Interval by exam":
    "Resamples whole exams: the two breasts and four images of one exam are alike. By woman it resamples all " +
    "exams of a woman together. Report this one.",
  "Interval by row":
    "Resamples single breasts or images as if they were independent: published numbers often " +
    "use it. It is usually too narrow.",
  "Interval":
    "Where the number may well be if other exams of the same kind were scored: of 100 such intervals of 95 %, " +
    "95 contain the true value.",
  "Undefined":
    "The data does not allow the number, for example because one class is missing. The reason is given beside it.",
};

/** Other headings of the same terms. */
const SAME: Readonly<Record<string, string>> = {
  "PPV": "Positive predictive value",
  "Positive predictive value (PPV1)": "Positive predictive value",
  "AUROC by exam": "AUROC",
  "Women recalled": "Recall rate",
  "Interval by woman": "Interval by exam",
};

function idOf(word: string): string {
  return `help-${word.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}

/** A button that shows a word's line of the glossary; nothing for other words. */
export function Help({ word: given }: { readonly word: string }): JSX.Element | null {
  const word = SAME[given] ?? given;
  if (!Object.hasOwn(GLOSSARY, word)) return null;
  return (
    <button class="help" type="button" popovertarget={idOf(word)} aria-label={`What is ${word}?`}>
      ?
    </button>
  );
}

/** A heading, with help if it is a word of the glossary. */
export function Term({ children }: { readonly children?: Child }): JSX.Element {
  return <>{children} {typeof children === "string" && <Help word={children} />}</>;
}

/** The lines of the glossary whose buttons are in the HTML of a page. They open without script. */
export function HelpTexts({ html }: { readonly html: string }): JSX.Element {
  const used = Object.entries(GLOSSARY).filter(([word]) =>
    html.includes(`popovertarget="${idOf(word)}"`)
  );
  return (
    <>
      {used.map(([word, meaning]) => (
        <div id={idOf(word)} class="help-text" popover="auto">
          <p>
            <strong>{word}</strong>: {meaning}
          </p>
        </div>
      ))}
    </>
  );
}
