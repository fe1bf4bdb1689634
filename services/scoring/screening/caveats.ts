/** Limits of a retrospective simulation, for the response and the page. */
export const CAVEATS: readonly string[] = [
  "Readers read these exams without the model. With it they may recall more or fewer women: nothing here knows how their " +
  "behaviour changes.",
  "A cancer that came between two rounds counts as found where a pathway recalls the woman. Whether the assessment would " +
  "have found it is assumed.",
  "Each exam was read once, in one round. Effects on later rounds, and on readers who see fewer or other exams, are not " +
  "simulated.",
  "Where reader and model differ and no third read was recorded, the rule that was asked for decides; the number of such " +
  "exams is given.",
];
