import type { OnProgress } from "./exam_source.ts";

export interface ImportRunner {
  /**
   * Runs or resumes an import.
   * @throws when it failed or was aborted
   */
  run(id: string, onProgress: OnProgress, signal: AbortSignal): Promise<void>;
}
