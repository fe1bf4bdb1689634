/** How often a user evaluated one version of a model on a dataset. */
export interface Use {
  readonly user: string;
  readonly model: string;
  /** Version of the model's folder, or digest of its image. */
  readonly model_version: string;
  /** Latest id of the dataset. */
  readonly dataset: string;
  /** Digest of the data; it stays the same when they are registered under another name. */
  readonly dataset_digest: string;
  /** Evaluations that have not ended. */
  readonly under_way: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** RFC 3339. */
  readonly first_at: string;
  /** RFC 3339. */
  readonly last_at: string;
}

export interface UseFilter {
  readonly user?: string | undefined;
  readonly model?: string | undefined;
  readonly dataset?: string | undefined;
}

/** Who evaluated what on which data, also of deleted evaluations: a test set that is used often wears out. */
export interface Uses {
  /** Counts evaluations against a quota; failures of the platform do not count. */
  counted(modelVersion: string, datasetDigest: string): number;
  /** Grouped by user, model version and dataset; last used first. */
  list(filter: UseFilter): Use[];
}
