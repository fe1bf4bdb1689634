/** The four standard views of a screening exam, in the data list's own spelling and order. */
export const VIEWS = ["L-CC", "R-CC", "L-MLO", "R-MLO"] as const;

/** One of the four standard screening views. */
export type View = (typeof VIEWS)[number];

/** The two sides of the patient. */
export const LATERALITIES = ["left", "right"] as const;

/** Side of the patient (not of the picture). */
export type Laterality = (typeof LATERALITIES)[number];

/** Tells which breast a view shows. */
export function lateralityOf(view: View): Laterality {
  return view.startsWith("L") ? "left" : "right";
}

/** The views of one breast, in data-list order. */
export const VIEWS_OF: Readonly<Record<Laterality, readonly View[]>> = {
  left: ["L-CC", "L-MLO"],
  right: ["R-CC", "R-MLO"],
};
