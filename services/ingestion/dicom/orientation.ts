import { type Fault, lateralityOf } from "../../../shared/domain/mod.ts";
import type { BreastSide } from "./breast_side.ts";
import type { PlannedImage } from "./group_studies.ts";

export interface OrientedImage {
  readonly image: PlannedImage;
  readonly breast: BreastSide;
}

export interface Orientation {
  /** Whether the images are mirrored; a data list states it once per exam. */
  readonly horizontalFlip: boolean;
  readonly warnings: readonly Fault[];
}

/**
 * Decides whether an exam's images are mirrored. Pixels outrank the header, because models see pixels, and the
 * majority decides, because a data list has one flag per exam.
 */
export function orient(exam: string, images: readonly OrientedImage[]): Orientation {
  const votes = images.map((oriented) => ({ ...oriented, ...evidenceOf(oriented) }));
  const mirrored = votes.filter((vote) => vote.mirrored === true).length;
  const usual = votes.filter((vote) => vote.mirrored === false).length;
  const horizontalFlip = mirrored > usual;
  const warnings: Fault[] = [];
  if (mirrored + usual === 0 && images.length > 0) {
    const message = `Exam ${exam}: neither pixels nor headers tell whether its images are ` +
      "mirrored; they are read as not mirrored";
    warnings.push({ exam, view: null, image: null, code: "orientation_unknown", message });
  }
  for (const { image, mirrored, breast } of votes) {
    const { view, name } = image;
    if (mirrored !== null && mirrored !== horizontalFlip) {
      const message =
        `${name} (exam ${exam}, ${view}) faces a different side than the exam's other ` +
        "images: its laterality is wrong, or only this image is mirrored";
      warnings.push({ exam, view, image: name, code: "orientation_contradicted", message });
    }
    if (breast !== "unclear" && image.chestWall !== null && breast !== image.chestWall) {
      const message = `${name} (exam ${exam}, ${view}) has the breast at the ${breast} edge, ` +
        `but its header says ${image.chestWall}`;
      warnings.push({ exam, view, image: name, code: "orientation_header_wrong", message });
    }
  }
  return { horizontalFlip, warnings };
}

function evidenceOf({ image, breast }: OrientedImage): { mirrored: boolean | null } {
  const edge = breast === "unclear" ? image.chestWall : breast;
  return { mirrored: edge === null ? null : edge !== lateralityOf(image.view) };
}
