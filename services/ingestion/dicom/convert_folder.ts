import { basename, join } from "node:path";
import { forEachOf } from "../../../shared/async.ts";
import type { Fault, View } from "../../../shared/domain/mod.ts";
import { VIEWS } from "../../../shared/domain/mod.ts";
import { readDataList, writePickle } from "../../../shared/format/mod.ts";
import type { DataList, PickleValue } from "../../../shared/format/mod.ts";
import type { ImportProgress } from "../../../shared/contracts/datasets.ts";
import type { DicomConverter } from "./dicom_converter.ts";
import type { ConvertedImage, SealedStore, Studies } from "./sealed_store.ts";
import { digestOfFile, listFiles } from "./file_list.ts";
import type { LabelTable } from "./labels.ts";
import { orient } from "./orientation.ts";
import { fileAt, type InspectedFile, type PlannedImage } from "./group_studies.ts";
import type { ImageKind } from "./image_kind.ts";
import { planExams, type PlannedExam } from "./plan_exams.ts";
import { createPseudonyms, type Pseudonyms } from "./pseudonyms.ts";
import type { VoiChoice } from "./voi.ts";

/** Part of the names of converted images. Increase it when the same file must give a different PNG. */
const CONVERSION_VERSION = 2;

export interface FolderConversion {
  readonly dataset: string;
  readonly folder: string;
  readonly imagesFolder: string;
  readonly labels: LabelTable;
  readonly window: VoiChoice;
  /** Kinds of images accepted besides plain screening views. */
  readonly accept?: readonly ImageKind[];
  readonly converter: DicomConverter;
  readonly sealedStore: SealedStore;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** Converts a folder of DICOM files into a data list and PNGs; resumes after a kill. */
export async function convertFolder(conversion: FolderConversion): Promise<DataList> {
  const { folder, labels, window, accept, sealedStore, imagesFolder } = conversion;
  const pseudonyms = createPseudonyms(await sealedStore.key());
  const files = await withPixelDigests(await inspectAll(await listFiles(folder), conversion));
  const variant = `${CONVERSION_VERSION} ${JSON.stringify(window)}`;
  const plan = planExams(files, labels, pseudonyms, variant, accept);
  await sealedStore.putStudies(conversion.dataset, studiesOf(files, plan.exams, pseudonyms));
  const images = plan.exams.flatMap((exam) => exam.images);
  await Deno.mkdir(imagesFolder, { recursive: true });
  await Deno.chmod(imagesFolder, 0o755); // containers read it as a different user
  const { converted, errors } = await convertAll(images, conversion);
  await removeOthers(imagesFolder, new Set(images.map(({ name }) => name)));
  const findings = { errors: [...plan.errors, ...errors], warnings: [...plan.warnings] };
  return assemble(plan.exams, converted, findings);
}

function studiesOf(
  files: readonly InspectedFile[],
  exams: readonly PlannedExam[],
  pseudonyms: Pseudonyms,
): Studies {
  const uids = new Set(
    files.flatMap(({ inspection }) => inspection.ok ? inspection.description.studyInstanceUid : []),
  );
  const byExam = new Map([...uids].map((uid) => [pseudonyms.exam(uid), uid]));
  return Object.fromEntries(exams.map(({ id }) => [id, byExam.get(id)!]));
}

async function inspectAll(
  paths: readonly string[],
  { converter, onProgress }: FolderConversion,
): Promise<InspectedFile[]> {
  const files: InspectedFile[] = [];
  let done = 0;
  await forEachOf(paths, converter.lanes, async (path, index) => {
    files[index] = { path, place: index + 1, inspection: await converter.inspect(path) };
    done += 1;
    onProgress({ stage: "reading", done, total: paths.length });
  });
  return files;
}

/** Computes pixel digests for files that share a SOPInstanceUID; these are few unless the export is broken. */
async function withPixelDigests(files: readonly InspectedFile[]): Promise<InspectedFile[]> {
  const uidOf = ({ inspection }: InspectedFile): string =>
    inspection.ok ? inspection.description.sopInstanceUid : "";
  const counts = new Map<string, number>();
  for (const file of files) counts.set(uidOf(file), (counts.get(uidOf(file)) ?? 0) + 1);
  return await Promise.all(files.map(async (file) => {
    const { inspection, path } = file;
    if (!inspection.ok || uidOf(file) === "" || counts.get(uidOf(file)) === 1) return file;
    return { ...file, pixelsDigest: await digestOfFile(path, inspection.pixelsAt ?? 0) };
  }));
}

async function convertAll(
  images: readonly PlannedImage[],
  { dataset, imagesFolder, window, converter, sealedStore, onProgress }: FolderConversion,
): Promise<{ converted: ReadonlyMap<string, ConvertedImage>; errors: Fault[] }> {
  const noted = await sealedStore.noted(dataset);
  const present = new Set<string>();
  for await (const { name } of Deno.readDir(imagesFolder)) present.add(basename(name, ".png"));
  const converted = new Map<string, ConvertedImage>();
  const errors: Fault[] = [];
  let done = 0;
  await forEachOf(images, converter.lanes, async ({ name, view, path, place }) => {
    const earlier = present.has(name) ? noted.get(name) : undefined;
    if (earlier !== undefined) converted.set(name, earlier);
    else {
      const target = join(imagesFolder, `${name}.png`);
      const result = await converter.convert({ path, target, window });
      if (result.ok) {
        const image = { name, breast: result.breast, warnings: result.warnings };
        await sealedStore.note(dataset, image);
        converted.set(name, image);
      } else {
        const exam = name.slice(0, name.indexOf("_"));
        const message = `${fileAt(place)}, ${view} of exam ${exam}, ${result.message}`;
        errors.push({ exam, view, image: null, row: place, code: result.code, message });
      }
    }
    done += 1;
    onProgress({ stage: "converting", done, total: images.length });
  });
  errors.sort((a, b) => a.row! - b.row!);
  return { converted, errors };
}

/** Removes the PNGs of earlier attempts whose sources have changed, and leftovers of a kill. */
async function removeOthers(folder: string, names: ReadonlySet<string>): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!names.has(basename(name, ".png"))) await Deno.remove(join(folder, name));
  }
}

function assemble(
  exams: readonly PlannedExam[],
  converted: ReadonlyMap<string, ConvertedImage>,
  findings: { readonly errors: Fault[]; readonly warnings: Fault[] },
): DataList {
  const entries = exams.map(({ id, label, images }): Map<string, PickleValue> => {
    const usable = images.filter(({ name }) => converted.has(name));
    const { horizontalFlip, warnings } = orient(
      id,
      usable.map((image) => ({ image, breast: converted.get(image.name)!.breast })),
    );
    findings.warnings.push(...warnings);
    findings.warnings.push(...usable.flatMap((image) => doubtsOf(id, image, converted)));
    const malignant = label.malignant ?? { left: 0, right: 0 };
    const labels = malignant.left === null
      ? { malignant: 1n }
      : { left_malignant: BigInt(malignant.left), right_malignant: BigInt(malignant.right!) };
    return new Map<string, PickleValue>([
      ...VIEWS.map((view): [View, PickleValue] => [
        view,
        usable.filter((image) => image.view === view).map(({ name }) => name),
      ]),
      ["cancer_label", new Map(Object.entries(labels))],
      ["horizontal_flip", horizontalFlip ? "YES" : "NO"],
      ["exam_id", id],
      ...Object.entries(label.extras).map(([key, value]): [string, PickleValue] => [
        key,
        typeof value === "number" && Number.isSafeInteger(value)
          ? BigInt(value)
          : value as PickleValue,
      ]),
    ]);
  });
  const list = readDataList(writePickle(entries), "pkl");
  return {
    ...list,
    errors: [...findings.errors, ...list.errors],
    warnings: [...findings.warnings, ...list.warnings],
  };
}

function doubtsOf(
  exam: string,
  { name, view, place }: PlannedImage,
  converted: ReadonlyMap<string, ConvertedImage>,
): Fault[] {
  return (converted.get(name)!.warnings ?? []).map(({ code, text }) => {
    const message = `${name} (exam ${exam}, ${view}; file ${place} of the folder) ${text}`;
    return { exam, view, image: name, row: place, code, message };
  });
}
