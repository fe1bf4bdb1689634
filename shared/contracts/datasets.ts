import { z } from "@hono/zod-openapi";
import { VIEWS } from "../domain/mod.ts";
import { faultSchema, mayBeMissing, moment, shownName, slug } from "./common.ts";
import { releasePolicy } from "./releases.ts";
import { DICOM_QUIET_S, DICOM_QUIET_S_MAX, SEARCH_CHARACTERS_MAX } from "../limits.ts";
import { pageCursor } from "./parameters.ts";

export const IMAGE_CHECKS = ["header", "pixels"] as const;

/** How thoroughly images are checked. */
export const imageCheck = z.enum(IMAGE_CHECKS).describe(
  "header: both ends of each file, thousands of images a second. pixels: every byte, " +
    "about ten images a second; finds damage inside a file and images that show nothing",
);

export type ImageCheck = z.infer<typeof imageCheck>;

/** Which VOI window is used if an image has several. */
export const voiChoice = mayBeMissing(
  z.union([z.number().int().min(1).max(100), z.string().trim().min(1).max(64)]).openapi({
    description: "Which window, if images have several: its number from 1, or its explanation. " +
      "Without it the VOI LUT, or else the first window",
    example: "NORMAL",
  }),
);

/** Label columns to keep although they look like personal data. */
export const keepColumns = mayBeMissing(
  z.array(z.string().trim().min(1).max(200)).max(200).openapi({
    description:
      "Columns of the labels to keep as keys of the exams although their name or content may " +
      "identify a person; without this they are left out",
    example: ["screening_date_band"],
  }),
);

/** Kinds of DICOM images that a site may accept besides plain views. */
export const ACCEPTED_KINDS = [
  ...["synthetic_2d", "contrast", "stereotactic", "specimen", "spot", "magnification"] as const,
  ...["implant_displaced", "other"] as const,
] as const;

/** Kinds of DICOM images to accept besides plain screening views. */
export const acceptedKinds = mayBeMissing(
  z.array(z.enum(ACCEPTED_KINDS)).openapi({
    description:
      "Kinds of images to accept besides plain screening views; the exam's key image_kind records it",
    example: ["synthetic_2d"],
  }),
);

const tablePath = z.string().min(1);

/** `POST /v1/datasets` with server-side paths. */
export const registerDatasetRequest = z.strictObject({
  name: shownName.openapi({ example: "sample" }),
  images: z.string().min(1).openapi({
    description: "Folder of the PNGs",
    example: "sample_data/images",
  }),
  data_list: z.string().min(1).openapi({
    description: "The data list: .pkl, .json or .csv",
    example: "sample_data/data.pkl",
  }),
  reads: mayBeMissing(tablePath).describe("CSV exam_id,reader,recall,score,order: a row per read"),
  outcomes: mayBeMissing(tablePath).describe("CSV with exam_id and outcomes: a row per exam"),
  check: imageCheck.default("header"),
  release: mayBeMissing(releasePolicy),
}).openapi("RegisterDataset");

/** `POST /v1/datasets` with a DICOM folder on the server. */
export const registerDicomRequest = z.strictObject({
  name: shownName.openapi({ example: "screening-2024" }),
  dicom: z.string().min(1).openapi({
    description: "Folder of DICOM files, with subfolders; it is only read",
    example: "/data/screening-2024",
  }),
  labels: z.string().min(1).openapi({
    description: "CSV: StudyInstanceUID, or AccessionNumber, or PatientID and StudyDate; " +
      "left_malignant, right_malignant; further columns become keys of the exams",
    example: "/data/screening-2024.csv",
  }),
  window: voiChoice,
  keep_columns: keepColumns,
  accept: acceptedKinds,
  release: mayBeMissing(releasePolicy),
  quiet_s: z.number().int().min(0).max(DICOM_QUIET_S_MAX).default(DICOM_QUIET_S).openapi({
    description:
      "The import waits until no file of the folder has changed for so many seconds: a receiver " +
      "such as storescp may still fill it",
  }),
}).openapi("RegisterDicom");

/** `POST /v1/datasets` with a PACS. */
export const registerDicomwebRequest = z.strictObject({
  name: shownName.openapi({ example: "screening-2024" }),
  dicomweb: z.strictObject({
    url: z.string().min(1).max(2048).openapi({
      description: "A DICOMweb service listed in MAMMOEVAL_DICOMWEB",
      example: "http://pacs:8042/dicom-web",
    }),
    query: z.record(
      z.string().regex(
        /^([A-Za-z]{2,64}|[0-9A-Fa-f]{8})$/,
        "must be an attribute such as StudyDate",
      ),
      z.string().min(1).max(256),
    ).openapi({
      description: "Which studies: attributes and values for QIDO-RS",
      example: { StudyDate: "20240101-20241231" },
    }),
  }),
  labels: z.string().min(1).openapi({
    description: "CSV on the server, as for a DICOM folder; studies without a line are not fetched",
    example: "/data/screening-2024.csv",
  }),
  window: voiChoice,
  keep_columns: keepColumns,
  accept: acceptedKinds,
  release: mayBeMissing(releasePolicy),
}).openapi("RegisterDicomweb");

export const DATASET_STATUSES = ["importing", "ready", "rejected"] as const;

export const IMPORT_STAGES = ["waiting", "reading", "converting", "checking"] as const;

export const importProgress = z.object({
  stage: mayBeMissing(z.enum(IMPORT_STAGES)).describe(
    "While importing: waiting for its turn, reading the data list, converting, or checking images",
  ),
  done: z.number().int(),
  total: z.number().int(),
});

export type ImportProgress = z.infer<typeof importProgress>;

export const datasetSchema = z.object({
  id: slug,
  name: z.string(),
  status: z.enum(DATASET_STATUSES),
  exams: z.number().int().nonnegative(),
  breasts: z.number().int().nonnegative(),
  images: z.number().int().nonnegative(),
  malignant_breasts: z.number().int().nonnegative().describe(
    "An exam whose side is not known counts as one",
  ),
  digest: z.string().nullable().describe(
    "HMAC-SHA-256, with a secret of the site, over the data list and every image's name, size and both " +
      "ends: the same data has the same digest on one volume",
  ),
  images_folder: z.string(),
  check: imageCheck,
  grey_values: mayBeMissing(z.string()).openapi({
    description: "Of how many images the grey values were judged",
    example: "sampled 400 of 400000",
  }),
  release: mayBeMissing(releasePolicy),
  progress: importProgress,
  warnings: z.array(faultSchema),
  warnings_total: z.number().int(),
  errors: z.array(faultSchema),
  errors_total: z.number().int(),
  created_at: moment,
}).openapi("Dataset");

export type DatasetRecord = z.infer<typeof datasetSchema>;

/** Between services: some images of a dataset, compared with their state at registration. */
export const imagesLookSchema = z.object({
  /** One fault per missing or changed image: `image_absent` or `image_changed`. */
  faults: z.array(faultSchema),
  /** Index of the next images; null at the end. */
  next: z.number().int().nonnegative().nullable(),
});

export type ImagesLook = z.infer<typeof imagesLookSchema>;

/** Between services: what in a dataset's images folder must be hidden from containers. */
export const foreignFilesSchema = z.object({
  paths: z.array(z.object({ path: z.string(), isFolder: z.boolean() })),
  /** Why some of it cannot be hidden; null if all can. */
  fault: faultSchema.nullable(),
});

export type ForeignFilesAnswer = z.infer<typeof foreignFilesSchema>;

export const datasetListSchema = z.object({ items: z.array(datasetSchema) });

/** Orders of the list of exams. */
export const EXAM_ORDERS = ["list", "id", "cancer"] as const;

/** Query of the list of exams. */
export const examsQuery = z.object({
  cursor: pageCursor,
  limit: z.coerce.number<number>().int().min(1).max(1000).default(100).describe("Exams of a page"),
  search: z.string().max(SEARCH_CHARACTERS_MAX).optional().describe(
    "Only exams with this text in their id, images or keys",
  ),
  cancer: z.enum(["yes", "no"]).optional().describe("Only exams with cancer, or without"),
  sort: z.enum(EXAM_ORDERS).default("list").describe(
    "As in the data list, by id, or those with cancer first",
  ),
});

/** Query of the list of exams. */
export type ExamsQuery = z.infer<typeof examsQuery>;

/** One exam of a dataset in the API. */
export const examSchema = z.object({
  index: z.number().int(),
  id: z.string(),
  images: z.record(z.enum(VIEWS), z.array(z.string())),
  malignant: z.object({ left: z.number().int().nullable(), right: z.number().int().nullable() })
    .describe("1 or 0; null for both where the exam is malignant and nobody knows on which side"),
  horizontal_flip: z.boolean().nullable(),
  extras: z.record(z.string(), z.unknown()),
}).openapi("Exam");

/** One exam with its neighbours in the list and the sizes of its images. */
export const lookedAtExam = examSchema.extend({
  previous: z.string().nullable().describe("Id of the exam before it in the list"),
  next: z.string().nullable().describe("Id of the exam after it"),
  sizes: z.record(
    z.string(),
    z.object({ width: z.number().int(), height: z.number().int() }).nullable(),
  ).describe("Pixels of each image, by its name; null where it cannot be shown"),
}).openapi("LookedAtExam");

export type LookedAtExam = z.infer<typeof lookedAtExam>;

/** `POST /v1/datasets/{id}/studies`. */
export const studyRequest = z.strictObject({
  study_instance_uid: z.string().regex(/^[0-9.]{1,64}$/, "must be a DICOM UID: digits and dots")
    .describe("StudyInstanceUID"),
}).openapi("StudyRequest");

/** An exam from DICOM and its study. */
export const examStudy = z.object({
  exam: z.string(),
  study_instance_uid: z.string(),
}).openapi("ExamStudy");

/** One page of a list, with the cursor of the next page. */
export function pageOf<T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; next_cursor: z.ZodNullable<z.ZodString> }> {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** A page of a list, with the number of all entries that fit the query and that the caller may see. */
export function countedPageOf<T extends z.ZodType>(
  item: T,
): z.ZodObject<
  { items: z.ZodArray<T>; next_cursor: z.ZodNullable<z.ZodString>; total: z.ZodNumber }
> {
  return pageOf(item).extend({ total: z.number().int().describe("Entries on all pages") });
}
