import type { ReaderScale, ReaderStudyReport } from "../shared/contracts/reader_studies.ts";
import type { MeasureOptions } from "./scores.ts";
import { formOf, path, Resource } from "./transport.ts";
import type { CallOptions } from "./transport.ts";

/** Results of readers and models on the same cases. */
export interface StudyUpload extends MeasureOptions {
  /** A pickled pandas DataFrame (.pkl) or CSV. */
  readonly results: File;
  readonly name?: string;
  /** Readers recall cases rated at or above it. */
  readonly reader_threshold?: number | null;
  /** Scale of all readers; by default each reader's is recognised. */
  readonly reader_scale?: ReaderScale;
}

/** `/v1/reader-studies`: readers and models on the same cases. */
export class ReaderStudies extends Resource {
  /** Scores a reader study; the same upload returns the same study. */
  async create(upload: StudyUpload, options: CallOptions = {}): Promise<ReaderStudyReport> {
    const order = { path: "/v1/reader-studies", body: formOf({ ...upload }) };
    return await this.api.json(order, options);
  }

  /** Returns one reader study. */
  async get(id: string, options: CallOptions = {}): Promise<ReaderStudyReport> {
    return await this.api.json({ path: path`/v1/reader-studies/${id}` }, options);
  }

  /** Yields reader studies, newest first. */
  list(options: CallOptions = {}): AsyncGenerator<ReaderStudyReport, void, undefined> {
    return this.api.items("/v1/reader-studies", {}, options);
  }

  /** Deletes a reader study with its uploaded results. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.api.send({ method: "DELETE", path: path`/v1/reader-studies/${id}` }, options);
  }

  /** Returns the ROC plot: `.bytes()`, or `.body` to stream. */
  async plot(
    id: string,
    file: "roc.png" | "roc.svg",
    options: CallOptions = {},
  ): Promise<Response> {
    return await this.api.send({ path: path`/v1/reader-studies/${id}/${file}` }, options);
  }
}
