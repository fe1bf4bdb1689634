import type { Laterality, View } from "../../shared/domain/mod.ts";
import type { Lesion } from "./lesions.ts";
import type { BreastSize } from "./outline.ts";
import type { Density } from "./texture.ts";

/** One breast: what is planted in it and what the data list says of it. */
export interface PhantomBreast {
  /** What is planted. */
  readonly lesions: readonly Lesion[];
  /** 1 when one of the lesions is malignant. */
  readonly malignant: 0 | 1;
  /** 1 when one of the lesions is benign and was biopsied. */
  readonly benign: 0 | 1;
}

/** One synthetic exam. */
export interface PhantomExam {
  /** Position in the data list. */
  readonly index: number;
  /** Density of both breasts. */
  readonly density: Density;
  /** Age of the woman who does not exist. */
  readonly ageBand: "40-49" | "50-59" | "60-69" | "70-79";
  /** Size of both breasts. */
  readonly size: BreastSize;
  /** Left breast. */
  readonly left: PhantomBreast;
  /** Right breast. */
  readonly right: PhantomBreast;
}

const NOTHING: PhantomBreast = { lesions: [], malignant: 0, benign: 0 };

/** A cyst that everybody would leave alone: no biopsy, hence no label. */
const CYST: Lesion = {
  kind: "oval_mass",
  depth: 0.6,
  medial: -0.22,
  inferior: 0.12,
  radius: 24,
  contrast: 0.1,
};

const MASS: Lesion = {
  kind: "spiculated_mass",
  depth: 0.42,
  medial: -0.3,
  inferior: -0.14,
  radius: 28,
  contrast: 0.22,
};

const FIBROADENOMA: Lesion = {
  kind: "oval_mass",
  depth: 0.5,
  medial: 0.24,
  inferior: 0.3,
  radius: 34,
  contrast: 0.09,
};

const CLUSTER: Lesion = {
  kind: "fine_calcifications",
  depth: 0.56,
  medial: -0.12,
  inferior: 0.2,
  radius: 30,
  contrast: 0.32,
};

const COARSE: Lesion = {
  kind: "coarse_calcifications",
  depth: 0.33,
  medial: 0.36,
  inferior: -0.1,
  radius: 34,
  contrast: 0.3,
};

/** Small and faint in dense tissue: meant to be missed by simple models. */
const HIDDEN_MASS: Lesion = {
  kind: "spiculated_mass",
  depth: 0.64,
  medial: 0.14,
  inferior: -0.24,
  radius: 17,
  contrast: 0.15,
};

/**
 * The four exams. Which breasts are malignant, benign or unknown is as in the sample of the NYU
 * metarepository: three malignant breasts of eight.
 */
export const COHORT: readonly PhantomExam[] = [
  {
    index: 0,
    density: "b",
    ageBand: "60-69",
    size: { depth: 0.55, halfHeight: 0.38 },
    left: { ...NOTHING, lesions: [CYST] },
    right: NOTHING,
  },
  {
    index: 1,
    density: "c",
    ageBand: "50-59",
    size: { depth: 0.5, halfHeight: 0.34 },
    left: NOTHING,
    right: { lesions: [MASS], malignant: 1, benign: 0 },
  },
  {
    index: 2,
    density: "a",
    ageBand: "70-79",
    size: { depth: 0.6, halfHeight: 0.41 },
    left: { lesions: [FIBROADENOMA], malignant: 0, benign: 1 },
    right: NOTHING,
  },
  {
    index: 3,
    density: "d",
    ageBand: "40-49",
    size: { depth: 0.46, halfHeight: 0.33 },
    left: { lesions: [CLUSTER, COARSE], malignant: 1, benign: 1 },
    right: { lesions: [HIDDEN_MASS, { ...COARSE, medial: -0.3 }], malignant: 1, benign: 1 },
  },
];

/**
 * Picks a breast.
 *
 * @param exam one of the exams
 * @param side side of the woman
 * @returns the breast of that side
 */
export function breastOf(exam: PhantomExam, side: Laterality): PhantomBreast {
  return side === "left" ? exam.left : exam.right;
}

/**
 * Names an image.
 *
 * @param exam one of the exams
 * @param view one of the four views
 * @returns name of the image, without `.png`, as the metarepository names its own: `0_L_CC`
 */
export function imageName(exam: PhantomExam, view: View): string {
  return `${exam.index}_${view.replace("-", "_")}`;
}
