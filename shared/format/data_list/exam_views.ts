import { type View, VIEWS } from "../../domain/mod.ts";
import { IMAGE_NAME_LENGTH_MAX } from "../../limits.ts";
import { told } from "../faults.ts";
import { PickleArray, PickleTuple, type PickleValue } from "../pickle/mod.ts";
import type { ExamFaults } from "./exam_faults.ts";

/** The valid image names of every view, without `.png`; a view may be missing, a name, or a sequence. */
export function readViews(
  entry: ReadonlyMap<string, PickleValue>,
  faults: ExamFaults,
): Record<View, string[]> {
  const images = { "L-CC": [], "R-CC": [], "L-MLO": [], "R-MLO": [] } as Record<View, string[]>;
  for (const view of VIEWS) {
    const names = namesOf(entry.get(view));
    if (names === null) {
      const message = `${view} is not a list of image names`;
      faults.error({ code: "view_invalid", message, view, field: view });
      continue;
    }
    if (typeof entry.get(view) === "string") {
      const message = `${view} is a name instead of a list; it was read as a list of one name`;
      faults.warning({ code: "view_not_list", message, view, field: view });
    }
    for (const name of names) {
      const image = readName(name, view, faults);
      if (image !== null) images[view].push(image);
    }
  }
  if (VIEWS.every((view) => images[view].length === 0)) {
    faults.warning({ code: "exam_without_images", message: "The exam has no images" });
  }
  return images;
}

function namesOf(value: PickleValue | undefined): readonly PickleValue[] | null {
  if (value === undefined || value === null || Number.isNaN(value)) return [];
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value;
  if (value instanceof PickleTuple) return value.items;
  if (value instanceof Set) return [...value];
  return value instanceof PickleArray ? value.values() : null;
}

function readName(value: PickleValue, view: View, faults: ExamFaults): string | null {
  if (typeof value !== "string") {
    const message = `${view} contains a value that is not text; image names must be text`;
    faults.error({ code: "image_name_invalid", message, view, field: view });
    return null;
  }
  const image = value.replace(/\.png$/i, "");
  const reason = refusalOf(image);
  if (reason !== null) {
    const message = `The image name ${told(value)} ${reason}`;
    faults.error({ code: "image_name_invalid", message, view, field: view });
    return null;
  }
  if (image !== value) {
    const message = "The image name ends in .png, which was removed";
    faults.warning({ code: "image_extension", message, view, image, field: view });
  }
  return image;
}

/** Returns why a name may not become a path below the images folder; null when it may. */
function refusalOf(name: string): string | null {
  if (name === "") return "is empty";
  if (name.length > IMAGE_NAME_LENGTH_MAX) {
    return `is longer than ${IMAGE_NAME_LENGTH_MAX} characters`;
  }
  // deno-lint-ignore no-control-regex
  if (/[\0-\x1f\x7f]/.test(name)) return "has a control character";
  if (name.includes("\\")) return "has a backslash; use / between folders";
  if (name.startsWith("/")) return "is an absolute path; name it relative to the images folder";
  const segments = name.split("/");
  if (segments.includes("..")) return 'leads upwards by ".."';
  if (segments.includes("") || segments.includes(".")) return "has an empty component in its path";
  return null;
}
