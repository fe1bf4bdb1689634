import type { z } from "@hono/zod-openapi";
import type {
  DatasetRecord,
  examSchema,
  examsQuery,
  examStudy,
  ImageCheck,
  LookedAtExam,
  registerDatasetRequest,
  registerDicomRequest,
  registerDicomwebRequest,
} from "../shared/contracts/datasets.ts";
import type { imageQuery } from "../shared/contracts/images.ts";
import { patiently } from "./follow.ts";
import { pause } from "./pause.ts";
import { formOf, path, Resource, waiting } from "./transport.ts";
import type { CallOptions, WaitOptions } from "./transport.ts";

/** Data on the server or in a PACS: a folder with its data list, or DICOM with its labels. */
export type RegisterRequest =
  | z.input<typeof registerDatasetRequest>
  | z.input<typeof registerDicomRequest>
  | z.input<typeof registerDicomwebRequest>;

/** An exam from DICOM and its study. */
export type ExamStudy = z.infer<typeof examStudy>;

/** An upload of PNGs with their data list. */
export interface ImagesUpload {
  readonly name: string;
  /** `.pkl`, `.json` or `.csv`, recognised by its name. */
  readonly data_list: File;
  /** One archive (.zip, .tar, .tar.gz), or the PNGs themselves. */
  readonly images: File | readonly File[];
  readonly check?: ImageCheck;
  /** CSV of reads, one per row, and of outcomes, one exam per row. */
  readonly reads?: File;
  readonly outcomes?: File;
}

/** An upload of DICOM files with their labels. */
export interface DicomUpload {
  readonly name: string;
  /** One archive (.zip, .tar, .tar.gz). */
  readonly dicom: File;
  readonly labels: File;
  readonly window?: string | number;
  /** Label columns to keep in any case, comma-separated. */
  readonly keep_columns?: string;
  /** Kinds of images to accept besides plain screening views, comma-separated. */
  readonly accept?: string;
}

/** Polling interval of an import, in milliseconds. */
const LOOK_INTERVAL_MS = 1000;

/** One exam of a dataset. */
export type Exam = z.infer<typeof examSchema>;

/** `/v1/datasets`: exams with their labels. */
export class Datasets extends Resource {
  /**
   * Registers data in place.
   * @throws {ProblemError} `invalid_data_list` with all faults, if rejected while waiting
   */
  async register(request: RegisterRequest, options: WaitOptions = {}): Promise<DatasetRecord> {
    const headers = waiting(options);
    return await this.api.json({ path: "/v1/datasets", headers, body: request }, options);
  }

  /** Like {@linkcode Datasets.register}, with uploaded data. */
  async upload(
    upload: ImagesUpload | DicomUpload,
    options: WaitOptions = {},
  ): Promise<DatasetRecord> {
    const [headers, body] = [waiting(options), formOf({ ...upload })];
    return await this.api.json({ path: "/v1/datasets", headers, body }, options);
  }

  /** Returns one dataset, with all faults found in it. */
  async get(id: string, options: CallOptions = {}): Promise<DatasetRecord> {
    return await this.api.json({ path: path`/v1/datasets/${id}` }, options);
  }

  /** Waits until an import has ended, even across restarts: `ready`, or `rejected` with its faults. */
  async waitForImport(id: string, options: CallOptions = {}): Promise<DatasetRecord> {
    while (true) {
      const dataset = await patiently((inTime) => this.get(id, inTime), this.api, options);
      if (dataset.status !== "importing") return dataset;
      await pause(LOOK_INTERVAL_MS, options.signal);
    }
  }

  /** Yields all datasets, oldest first. */
  list(options: CallOptions = {}): AsyncGenerator<DatasetRecord, void, undefined> {
    return this.api.items("/v1/datasets", {}, options);
  }

  /** Yields the exams of a dataset with their labels; model authors have no access. */
  exams(
    id: string,
    query: z.input<typeof examsQuery> = {},
    options: CallOptions = {},
  ): AsyncGenerator<Exam, void, undefined> {
    return this.api.items(path`/v1/datasets/${id}/exams`, query, options);
  }

  /** Returns one exam with its labels, the sizes of its images, and the ids of the exams before and after it. */
  async exam(id: string, exam: string, options: CallOptions = {}): Promise<LookedAtExam> {
    return await this.api.json({ path: path`/v1/datasets/${id}/exams/${exam}` }, options);
  }

  /** Returns the DICOM study behind an exam's pseudonym; for data owners. */
  async study(id: string, exam: string, options: CallOptions = {}): Promise<ExamStudy> {
    return await this.api.json({ path: path`/v1/datasets/${id}/exams/${exam}/study` }, options);
  }

  /** Returns the exam that a DICOM study became; for data owners. */
  async examOfStudy(
    id: string,
    study_instance_uid: string,
    options: CallOptions = {},
  ): Promise<ExamStudy> {
    const order = { path: path`/v1/datasets/${id}/studies`, body: { study_instance_uid } };
    return await this.api.json(order, options);
  }

  /** The rendered image or the stored values, with the size in `x-image-width` and `x-image-height`. */
  async image(
    id: string,
    image: string,
    query: z.input<typeof imageQuery> = {},
    options: CallOptions = {},
  ): Promise<Response> {
    const order = { path: path`/v1/datasets/${id}/images/${image}`, query: { ...query } };
    return await this.api.send(order, options);
  }

  /** Deletes a dataset; images registered in place stay. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.api.send({ method: "DELETE", path: path`/v1/datasets/${id}` }, options);
  }
}
