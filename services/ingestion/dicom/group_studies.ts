import { extname } from "node:path";
import type { Fault, View } from "../../../shared/domain/mod.ts";
import { type ImageDescription, SKIP_REASONS, type StudyKeys } from "./describe_image.ts";
import type { Inspection, Refusal } from "./dicom_converter.ts";
import { IMAGE_KINDS, type ImageKind } from "./image_kind.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import type { Scanner } from "./scanner.ts";

export interface InspectedFile {
  readonly path: string;
  /** 1-based position in the list of files. */
  readonly place: number;
  readonly inspection: Inspection;
  /** SHA-256 of its pixels, when another file has the same SOPInstanceUID. */
  readonly pixelsDigest?: string;
}

export interface PlannedImage {
  /** Name of its PNG without extension: exam pseudonym, view, content. */
  readonly name: string;
  readonly view: View;
  /** null for a plain screening view. */
  readonly kind: ImageKind | null;
  readonly path: string;
  readonly place: number;
  /** Edge of the chest wall according to the header. */
  readonly chestWall: ImageDescription["chestWall"];
  readonly scanner: Scanner;
}

/** A study with its usable images. */
export interface Study {
  readonly id: string;
  readonly description: ImageDescription;
  readonly images: PlannedImage[];
}

export interface Findings {
  readonly errors: Fault[];
  readonly warnings: Fault[];
  /** Mammograms that are unreadable before their study is known: errors if a labelled study lacks an image. */
  readonly doubtful: Fault[];
}

export interface Grouping {
  readonly pseudonyms: Pseudonyms;
  /** Part of the images' names. */
  readonly variant: string;
  /** Kinds of images accepted besides plain screening views. */
  readonly accept: ReadonlySet<ImageKind>;
  readonly isLabelled: (study: StudyKeys) => boolean;
}

/** A fault without a place in the data list. */
export const ELSEWHERE = { exam: null, view: null, image: null } as const;

/** Files left out that are reported only as counts. */
interface Counts {
  notMammogram: number;
  notDicom: number;
  /** Positions of files that are not DICOM but are named as if they were, with what they are instead. */
  readonly nearDicom: string[];
}

/** Skip codes that depend on the view, which a truncated file may have lost. */
const VIEW_SKIPS: ReadonlySet<string> = new Set(
  ["dicom_view_unknown", "dicom_side_missing", "dicom_position_missing", "dicom_kind_unknown"],
);
/** Maximum number of positions listed in a message. */
const PLACES_TOLD_MAX = 20;
/** Extensions of DICOM files; most have none. */
const DICOM_ENDING = /^(\.(dcm|dicom|ima|gz|zip|\d+))?$/i;

/** Groups files into studies with usable images. The output has no name, number or path from the files. */
export function groupStudies(
  files: readonly InspectedFile[],
  grouping: Grouping,
  findings: Findings,
): Study[] {
  const studies = new Map<string, Study>();
  const instances = new Map<string, InspectedFile>();
  const counts: Counts = { notMammogram: 0, notDicom: 0, nearDicom: [] };
  const kinds = countKinds(files);
  for (const file of files) {
    const { inspection, place } = file;
    const description = usableDescription(file, grouping, findings, counts);
    if (description === null) continue;
    const { studyInstanceUid } = description;
    const id = studyInstanceUid === "" ? null : grouping.pseudonyms.exam(studyInstanceUid);
    const { verdict } = description;
    if ("skip" in verdict) {
      if (verdict.skip === "dicom_not_mammogram") counts.notMammogram += 1;
      else {
        const reason = SKIP_REASONS[verdict.skip];
        findings.warnings.push(skippedFile(id, place, verdict.skip, reason));
      }
      continue;
    }
    const { view, kind = null } = verdict;
    if (kind !== null && !grouping.accept.has(kind)) {
      const [code, what] = IMAGE_KINDS[kind];
      const reason = `${what} (kind ${kind}, of which there are ${kinds.get(kind)})`;
      findings.warnings.push(skippedFile(id, place, code, reason));
    } else if (view === null) {
      const reason = SKIP_REASONS.dicom_view_unknown;
      findings.warnings.push(skippedFile(id, place, "dicom_view_unknown", reason));
    } else if (id !== null && isFirst(file, description, { instances, grouping, findings, id })) {
      const study = studies.get(id) ?? { id, description, images: [] };
      studies.set(id, study);
      const { fingerprint } = inspection as Extract<Inspection, { ok: true }>;
      const content = `${grouping.variant} ${description.sopInstanceUid} ${fingerprint}`;
      study.images.push(planImage(id, { view, kind }, file, grouping.pseudonyms.image(content)));
    }
  }
  findings.warnings.push(...countedSkips(counts));
  return [...studies.values()];
}

/** Returns what a file is; null when it was reported as unknown or unused. */
function usableDescription(
  { inspection, place, path }: InspectedFile,
  { isLabelled }: Grouping,
  { errors, warnings, doubtful }: Findings,
  counts: Counts,
): ImageDescription | null {
  if (!inspection.ok) {
    const description = describedByRest(inspection);
    if (description !== null) return description;
    if (inspection.code === "dicom_not_dicom") {
      counts.notDicom += 1;
      if (DICOM_ENDING.test(extname(path))) {
        const [, what = ""] = inspection.message.split(": ");
        counts.nearDicom.push(`${place} (${what})`);
      }
      return null;
    }
    const fault = refusedFile(place, inspection.code, inspection.message);
    const { description: rest } = inspection;
    const isNamed = rest !== undefined && rest.studyInstanceUid !== "";
    const isUnknown = rest !== undefined && "skip" in rest.verdict &&
      rest.verdict.skip === "dicom_kind_unknown";
    const isForeign = isUnknown || isNamed && !isLabelled(rest);
    const target = isForeign ? warnings : isNamed ? errors : doubtful;
    target.push(fault);
    return null;
  }
  const { description } = inspection;
  if ("skip" in description.verdict) return description;
  if (description.studyInstanceUid === "" || description.sopInstanceUid === "") {
    const message = "has no StudyInstanceUID or no SOPInstanceUID: export it again";
    errors.push(refusedFile(place, "dicom_unreadable", message));
    return null;
  }
  return description;
}

/** Describes a file that is unreadable at the end but whose beginning shows that it is not to be converted. */
function describedByRest({ description, code }: Refusal): ImageDescription | null {
  if (description === undefined) return null;
  const { verdict } = description;
  if (!("skip" in verdict)) return verdict.kind === "tomosynthesis" ? description : null;
  // Without pixels the header was read completely, so it counts. Otherwise the view may have been cut off.
  const isElse = verdict.skip === "dicom_not_mammogram" ||
    code === "dicom_no_pixels" && !VIEW_SKIPS.has(verdict.skip);
  return isElse ? description : null;
}

/** Whether no earlier file is the same instance. Repeated pixels are left out; different pixels are an error. */
function isFirst(
  file: InspectedFile,
  description: ImageDescription,
  { instances, grouping, findings, id }: {
    readonly instances: Map<string, InspectedFile>;
    readonly grouping: Grouping;
    readonly findings: Findings;
    readonly id: string;
  },
): boolean {
  const { place, pixelsDigest } = file;
  const first = instances.get(description.sopInstanceUid);
  if (first === undefined) {
    instances.set(description.sopInstanceUid, file);
    return true;
  }
  if (isSameView(first, description)) {
    const reason = first.pixelsDigest === pixelsDigest
      ? `it is file ${first.place} again`
      : `it has the SOPInstanceUID of file ${first.place}, which is used, but other pixels: check which is right`;
    findings.warnings.push(skippedFile(id, place, "dicom_duplicate", reason));
    return false;
  }
  const message =
    `${
      fileAt(first.place)
    } and file ${place} have the same SOPInstanceUID but are different images: ` +
    "remove the wrong one, or export them again";
  const target = grouping.isLabelled(description) ? findings.errors : findings.warnings;
  target.push({ ...ELSEWHERE, exam: id, row: place, code: "dicom_instance_repeated", message });
  return false;
}

function isSameView(
  { inspection }: InspectedFile,
  { verdict, studyInstanceUid }: ImageDescription,
): boolean {
  return inspection.ok && inspection.description.studyInstanceUid === studyInstanceUid &&
    JSON.stringify(inspection.description.verdict) === JSON.stringify(verdict);
}

function planImage(
  id: string,
  { view, kind }: { readonly view: View; readonly kind: ImageKind | null },
  { path, place, inspection }: InspectedFile,
  content: string,
): PlannedImage {
  const { chestWall, scanner } = (inspection as Extract<Inspection, { ok: true }>).description;
  const name = `${id}_${view.replace("-", "_")}_${content}`;
  return { name, view, kind, path, place, chestWall, scanner };
}

function countKinds(files: readonly InspectedFile[]): ReadonlyMap<ImageKind, number> {
  const kinds = new Map<ImageKind, number>();
  for (const { inspection } of files) {
    const verdict = inspection.description?.verdict;
    if (verdict === undefined || "skip" in verdict || verdict.kind === undefined) continue;
    kinds.set(verdict.kind, (kinds.get(verdict.kind) ?? 0) + 1);
  }
  return kinds;
}

/** Every folder has such files and few users miss them, so they are reported as counts. */
function countedSkips({ notMammogram, notDicom, nearDicom }: Counts): Fault[] {
  const places = nearDicom.slice(0, PLACES_TOLD_MAX).join(", ");
  const more = nearDicom.length > PLACES_TOLD_MAX ? ", …" : "";
  const near = nearDicom.length === 0
    ? ""
    : `. Named as DICOM files are: ${nearDicom.length} (of find . -type f | LC_ALL=C sort: ${places}${more})`;
  const found: [code: string, number: number, what: string][] = [
    ["dicom_not_dicom", notDicom, `no DICOM, left out: ${notDicom}${near}`],
    ["dicom_not_mammogram", notMammogram, `no mammograms, left out: ${notMammogram}`],
  ];
  return found.filter(([, number]) => number > 0).map(([code, , what]) => ({
    ...ELSEWHERE,
    code,
    message: `Files that are ${what}`,
  }));
}

/** Refers to a file by its 1-based position instead of its name. */
export function fileAt(place: number): string {
  return `File ${place} (of find . -type f | LC_ALL=C sort)`;
}

function refusedFile(place: number, code: string, message: string): Fault {
  return { ...ELSEWHERE, row: place, code, message: `${fileAt(place)} ${message}` };
}

function skippedFile(exam: string | null, place: number, code: string, reason: string): Fault {
  const of = exam === null ? "" : ` of exam ${exam}`;
  const message = `${fileAt(place)}${of} is left out: ${reason}`;
  return { ...ELSEWHERE, exam, row: place, code, message };
}
