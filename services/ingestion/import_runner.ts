import type { OnProgress } from "./exam_source.ts";

/** Carries out imports. */
export interface ImportRunner {
  /**
   * Imports a dataset: reads its exams, looks at every image, and writes how it ended.
   *
   * @param id of a dataset that is `importing`
   * @param onProgress told how far it has come
   * @param signal breaks it off; what is done so far is kept, and another run goes on from there
   * @throws when it could not be carried out, or was broken off
   */
  run(id: string, onProgress: OnProgress, signal: AbortSignal): Promise<void>;
}
