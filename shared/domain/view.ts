/** The four standard views of a screening exam, spelled and ordered as in the data list. */
export const VIEWS = ["L-CC", "R-CC", "L-MLO", "R-MLO"] as const;

/** One of the four standard screening views. */
export type View = (typeof VIEWS)[number];

/** Sides of the patient. */
export const LATERALITIES = ["left", "right"] as const;

/** Side of the patient, not of the picture. */
export type Laterality = (typeof LATERALITIES)[number];

/** Returns the breast that a view shows. */
export function lateralityOf(view: View): Laterality {
  return view.startsWith("L") ? "left" : "right";
}

/** The views of one breast, in data-list order. */
export const VIEWS_OF: Readonly<Record<Laterality, readonly View[]>> = {
  left: ["L-CC", "L-MLO"],
  right: ["R-CC", "R-MLO"],
};
