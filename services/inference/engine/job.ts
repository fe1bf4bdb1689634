/** A folder or file of the host that is mounted into a container. */
export interface Mount {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly readOnly: boolean;
}

export interface JobLimits {
  /** In Docker's notation, such as `16g`; there is no extra swap. */
  readonly memory: string;
  readonly pids: number;
  readonly cpus: number;
  /** Size of the tmpfs on /tmp, in Docker's notation; it counts against memory. */
  readonly temporary: string;
  /** Size of /dev/shm in percent of memory; it counts against memory. */
  readonly sharedMemoryPercent: number;
  /** Limit on everything that the container writes: preprocessed images, predictions and the rest. */
  readonly diskBytes: number;
  /** Output after which the model is stopped. */
  readonly outputBytes: number;
}

/** Everything that one run of one model needs; pure data for the executors. */
export interface Job {
  /** The evaluation's id; names the container and finds it after a restart. */
  readonly id: string;
  readonly model: string;
  /** Tag or digest of the container image. */
  readonly image: string;
  readonly mounts: readonly Mount[];
  /** Of a divided run: each part's own mounts, in place of those with the same targets. Otherwise empty. */
  readonly parts: readonly (readonly Mount[])[];
  /** How many parts run side by side. */
  readonly places: number;
  /** The folder in the container that holds predict.sh and in which it runs. */
  readonly workingFolder: string;
  /** Arguments of `bash`: the script and its six arguments. */
  readonly arguments: readonly string[];
  readonly user: { readonly uid: number; readonly gid: number };
  readonly device: "gpu" | "cpu";
  /** Parameter values as in the copy of predict.sh. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Indices of the GPUs; empty on cpu, and where a cluster assigns them. */
  readonly gpus: readonly number[];
  readonly gpuCount: number;
  readonly timeoutS: number;
  readonly readOnlyRoot: boolean;
  readonly limits: JobLimits;
  /** Labels of the container: they find it and trace it to a request. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Paths that every model finds in its container, as in the metarepository. */
export const CONTAINER_PATHS = {
  images: "/home/images",
  preprocessed: "/home/preprocessed_images",
  dataList: "/home/data.pkl",
  predictions: "/home/predictions",
  environment: "/etc/mammoeval/environment.sh",
} as const;

/** The id of one part's job, which also names its container and scratch folder. */
export function partId(evaluation: string, part: number): string {
  return `${evaluation}.p${part}`;
}

/** The number of a part's job; null for a whole one. */
export function partOf(job: string): number | null {
  const part = /\.p(\d+)$/.exec(job)?.[1];
  return part === undefined ? null : Number(part);
}

/** The evaluation that a job belongs to, whether or not the job is a part. */
export function evaluationOf(job: string): string {
  return job.replace(/\.p\d+$/, "");
}
