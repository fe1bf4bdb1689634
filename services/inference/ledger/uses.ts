/** How often somebody has evaluated a version of a model on a dataset. */
export interface Use {
  readonly user: string;
  readonly model: string;
  /** Version of the model's folder, or the digest of its image. */
  readonly model_version: string;
  /** Id under which the dataset was named last. */
  readonly dataset: string;
  /** The data themselves: registered anew under another name they are the same. */
  readonly dataset_digest: string;
  /** Not ended yet. */
  readonly under_way: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** RFC 3339. */
  readonly first_at: string;
  /** RFC 3339. */
  readonly last_at: string;
}

/** Which uses a list shall show. */
export interface UseFilter {
  readonly user?: string | undefined;
  readonly model?: string | undefined;
  readonly dataset?: string | undefined;
}

/**
 * The record of who has evaluated what on which data. It stays when evaluations are deleted: a test set
 * that was used often says less about the next patient, and somebody must be able to tell.
 */
export interface Uses {
  /**
   * Counts the evaluations that a quota counts: those that succeeded, those that failed by a fault of
   * the model, and those under way. Failures of the platform do not count.
   */
  counted(modelVersion: string, datasetDigest: string): number;
  /** By user, model version and dataset; the last used first. */
  list(filter: UseFilter): Use[];
}
