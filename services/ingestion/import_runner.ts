import type { OnProgress } from "./exam_source.ts";

/** Runs imports. */
export interface ImportRunner {
  /**
   * Imports a dataset with status `importing`: reads its exams, checks every image, and writes the result.
   * After an abort, another run resumes from what was done.
   * @throws when it failed or was aborted
   */
  run(id: string, onProgress: OnProgress, signal: AbortSignal): Promise<void>;
}
