import { createWriteStream } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { shownName } from "../../shared/contracts/common.ts";
import { IMAGE_CHECKS, imageCheck } from "../../shared/contracts/datasets.ts";
import { diskFull, readEvery } from "../../shared/http/mod.ts";
import { atMost, readMultipart } from "../../shared/http/read_multipart.ts";
import { DATA_LIST_BYTES_MAX, LABELS_BYTES_MAX, UPLOAD_BYTES_MAX } from "../../shared/limits.ts";
import { EXAM_TABLES, type ExamTableName } from "../../shared/format/mod.ts";
import { isDiskFull, sweepUploads } from "../../shared/volume/mod.ts";
import type { Damage, VolumeLayout } from "../../shared/volume/mod.ts";
import { fitToList } from "./fit_to_list.ts";
import { createImageIntake, type ImageIntake, UploadRefused } from "./image_intake.ts";
import { isArchive, unpackArchive } from "./unpack_archive.ts";
import type { ReceivedUpload, UploadReceiver } from "./upload_receiver.ts";

/** What has arrived of an upload so far. */
interface Arrival {
  readonly folder: string;
  readonly imagesFolder: string;
  readonly intake: ImageIntake;
  readonly dicomFolder: string;
  readonly dicomIntake: ImageIntake;
  name: string | null;
  check: string | null;
  dataListName: string | null;
  tables: { [Name in ExamTableName]?: string };
  imageParts: number;
  window: string | null;
  keepColumns: string[];
  accept: string[];
  hasLabels: boolean;
  dicomParts: number;
}

/** Receives uploads into folders below `uploads/` on the volume; `damage` quarantines what no upload has left. */
export function createMultipartUploadReceiver(
  layout: VolumeLayout,
  damage: Pick<Damage, "quarantine">,
): UploadReceiver {
  async function receive(request: Request): Promise<ReceivedUpload> {
    const folder = join(layout.uploads, crypto.randomUUID());
    const imagesFolder = join(folder, "images");
    await mkdir(imagesFolder, { recursive: true });
    await chmod(imagesFolder, 0o755); // becomes a dataset's folder, which containers read as another user
    const dicomFolder = join(folder, "dicom");
    await mkdir(dicomFolder, { mode: 0o700 });
    const arrival: Arrival = {
      folder,
      imagesFolder,
      intake: createImageIntake(imagesFolder),
      dicomFolder,
      dicomIntake: createImageIntake(dicomFolder, { accepts: () => true }),
      name: null,
      check: null,
      dataListName: null,
      tables: {},
      imageParts: 0,
      window: null,
      keepColumns: [],
      accept: [],
      hasLabels: false,
      dicomParts: 0,
    };
    try {
      await readParts(request, arrival);
      return await completed(arrival);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw problemOf(error);
    }
  }

  return {
    receive,
    settle: (upload, destination) => rename(filesOf(upload), destination),
    discard: (upload) => rm(join(filesOf(upload), ".."), { recursive: true, force: true }),
    sweep: () => sweepUploads(layout.uploads, damage),
  };
}

function filesOf(upload: ReceivedUpload): string {
  return upload.kind === "dicom" ? upload.dicomFolder : upload.imagesFolder;
}

function problemOf(error: unknown): unknown {
  return isDiskFull(error) ? diskFull(error) : error;
}

async function readParts(request: Request, arrival: Arrival): Promise<void> {
  await readMultipart(request, {
    bytesMax: UPLOAD_BYTES_MAX,
    textBytesMax: 1024,
    textsMax: 16,
    onText(field, value): void {
      if (field === "name") arrival.name = value.trim();
      else if (field === "check") arrival.check = value.trim();
      else if (field === "window") arrival.window = value.trim();
      else if (field === "keep_columns") arrival.keepColumns = partsOf(value);
      else if (field === "accept") arrival.accept = partsOf(value);
      // The site's pages send which of their forms was filled in.
      else if (field !== "kind") refusePart(field);
    },
    onFile: (field, fileName, stream) => takePart(field, fileName, stream, arrival),
  });
}

function refusePart(field: string): never {
  throw new UploadRefused(
    `Part ${
      JSON.stringify(field)
    } is unknown: send name, data_list, images, reads, outcomes and check, ` +
      "or name, dicom, labels, window, keep_columns and accept",
  );
}

function partsOf(value: string): string[] {
  return value.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

async function takePart(
  field: string,
  fileName: string,
  stream: Readable,
  arrival: Arrival,
): Promise<void> {
  if (field === "data_list") return await takeDataList(fileName, stream, arrival);
  const table = EXAM_TABLES.find((name) => name === field);
  if (table !== undefined) return await takeTable(table, stream, arrival);
  if (field === "labels") return await takeLabels(stream, arrival);
  if (field === "dicom") return await takeDicom(fileName, stream, arrival);
  if (field !== "images") {
    stream.resume();
    refusePart(field);
  }
  arrival.imageParts += 1;
  if (isArchive(fileName)) await takeArchive(fileName, stream, arrival);
  else if (/\.png$/i.test(fileName)) await takeImage(fileName, stream, arrival);
  else {throw new UploadRefused(
      `images: ${JSON.stringify(fileName)} is not a .zip, .tar, .tar.gz or .png file`,
    );}
}

async function takeDataList(fileName: string, stream: Readable, arrival: Arrival): Promise<void> {
  if (arrival.dataListName !== null) throw new UploadRefused("data_list: there are two of them");
  arrival.dataListName = fileName;
  const bound = atMost(DATA_LIST_BYTES_MAX, "data_list");
  await pipeline(stream, bound, createWriteStream(join(arrival.folder, "data_list")));
}

async function takeTable(
  name: ExamTableName,
  stream: Readable,
  { tables, folder }: Arrival,
): Promise<void> {
  if (tables[name] !== undefined) throw new UploadRefused(`${name}: there are two of them`);
  const path = join(folder, name);
  tables[name] = path;
  await pipeline(stream, atMost(LABELS_BYTES_MAX, name), createWriteStream(path, { mode: 0o600 }));
}

async function takeLabels(stream: Readable, arrival: Arrival): Promise<void> {
  if (arrival.hasLabels) throw new UploadRefused("labels: there are two of them");
  arrival.hasLabels = true;
  const bound = atMost(LABELS_BYTES_MAX, "labels");
  const file = createWriteStream(join(arrival.folder, "labels"), { mode: 0o600 });
  await pipeline(stream, bound, file);
}

/** File names in a DICOM archive may identify patients, so no message quotes them. */
async function takeDicom(fileName: string, stream: Readable, arrival: Arrival): Promise<void> {
  arrival.dicomParts += 1;
  if (!isArchive(fileName)) {
    stream.resume();
    throw new UploadRefused("dicom: send the folder as one .zip, .tar or .tar.gz");
  }
  const scratch = join(arrival.folder, `dicom-archive-${arrival.dicomParts}`);
  try {
    await unpackArchive(stream, fileName, { intake: arrival.dicomIntake, scratch });
  } catch (error) {
    if (!(error instanceof UploadRefused)) throw error;
    throw new UploadRefused(`dicom: ${withoutNames(error.message)}`);
  }
}

/** Our own messages quote names; messages of libraries may contain them anywhere. */
function withoutNames(message: string): string {
  return message
    .replaceAll(/"(?:[^"\\]|\\[^])*"?/g, "(name withheld)")
    .replace(/^(it cannot be unpacked).*/s, "$1: it is damaged or has a forbidden name");
}

async function takeArchive(fileName: string, stream: Readable, arrival: Arrival): Promise<void> {
  const scratch = join(arrival.folder, `archive-${arrival.imageParts}`);
  try {
    await unpackArchive(stream, fileName, { intake: arrival.intake, scratch });
  } catch (error) {
    if (!(error instanceof UploadRefused)) throw error;
    throw new UploadRefused(`images: ${fileName}: ${error.message}`, { cause: error });
  }
}

async function takeImage(sentName: string, stream: Readable, arrival: Arrival): Promise<void> {
  // Some Windows clients send a file's full path, recognisable by the drive letter.
  const fileName = /^[A-Za-z]:[\\/]/.test(sentName) ? sentName.split(/[\\/]/).at(-1)! : sentName;
  try {
    if (arrival.intake.wants(fileName)) {
      await arrival.intake.take(fileName, () => Promise.resolve(stream));
    } else stream.resume();
  } catch (error) {
    if (!(error instanceof UploadRefused)) throw error;
    throw new UploadRefused(`images: ${error.message}`, { cause: error });
  }
}

async function completed(arrival: Arrival): Promise<ReceivedUpload> {
  const isDicom = arrival.dicomParts > 0 || arrival.hasLabels;
  const { name, upload } = await readEvery({
    name: () => nameOf(arrival),
    upload: () => isDicom ? completedDicom(arrival) : completedList(arrival),
  });
  if (upload.kind === "list") {
    const listPath = join(arrival.folder, "data_list");
    await fitToList(arrival.imagesFolder, join(arrival.folder, "lifted"), listPath);
  }
  return { ...upload, name };
}

function nameOf(arrival: Arrival): string {
  const name = shownName.safeParse(arrival.name ?? "");
  if (name.success) return name.data;
  throw new UploadRefused(
    "name: send a part with the dataset's name, 1 to 200 characters without invisible ones",
  );
}

type Nameless<T> = T extends unknown ? Omit<T, "name"> : never;

async function completedList(arrival: Arrival): Promise<Nameless<ReceivedUpload>> {
  const { list, check } = await readEvery({
    list: () => {
      if (arrival.dataListName !== null) return arrival.dataListName;
      throw new UploadRefused("data_list: send the data list as a file part");
    },
    images: () => requireImages(arrival),
    check: () => {
      // Uploads are fresh and a transfer can damage them, so every byte is checked by default.
      const check = imageCheck.safeParse(arrival.check ?? "pixels");
      if (check.success) return check.data;
      throw new UploadRefused(`check: send ${IMAGE_CHECKS.join(" or ")}`);
    },
  });
  return {
    kind: "list",
    check,
    dataListPath: join(arrival.folder, "data_list"),
    dataListName: list,
    tables: arrival.tables,
    imagesFolder: arrival.imagesFolder,
  };
}

/** Reports what was sent when no image was. */
function requireImages({ intake, imageParts }: Arrival): void {
  if (imageParts === 0) throw new UploadRefused("images: send an archive or .png files");
  const { taken, others, named } = intake.counts();
  if (taken > 0 || others === 0) return;
  throw new UploadRefused(
    `images: no .png is among the ${others} files that were sent` +
      (named === 0
        ? ": export the images as 16-bit PNG"
        : `; ${named} of them are named as DICOM files are: send them as part dicom, with labels`),
  );
}

async function completedDicom(arrival: Arrival): Promise<Nameless<ReceivedUpload>> {
  await readEvery({
    dicom: () => {
      if (arrival.dicomParts > 0) return;
      throw new UploadRefused("dicom: send the folder as an archive");
    },
    labels: () => {
      if (arrival.hasLabels) return;
      throw new UploadRefused("labels: send the labels as a CSV file");
    },
  });
  const ofList = arrival.imageParts + Object.keys(arrival.tables).length;
  if (arrival.dataListName !== null || ofList > 0) {
    throw new UploadRefused(
      "Send data_list and images (and reads, outcomes), or dicom and labels: not both",
    );
  }
  return {
    kind: "dicom",
    window: arrival.window === "" ? null : arrival.window,
    keepColumns: arrival.keepColumns,
    accept: arrival.accept,
    labelsPath: join(arrival.folder, "labels"),
    dicomFolder: arrival.dicomFolder,
  };
}
