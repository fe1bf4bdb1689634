/** A folder or file of the host that a container sees. */
export interface Mount {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** Bounds of one run. */
export interface JobLimits {
  /** Docker's spelling, `16g`. Swap is not given on top. */
  readonly memory: string;
  readonly pids: number;
  readonly cpus: number;
  /** Size of the tmpfs on /tmp, Docker's spelling; it counts against memory. */
  readonly temporary: string;
  /** Size of /dev/shm in percent of the memory, against which it counts. */
  readonly sharedMemoryPercent: number;
  /** Preprocessed images, predictions and whatever else the container writes, together. */
  readonly diskBytes: number;
  /** What the model may print before it is stopped. */
  readonly outputBytes: number;
}

/** Everything that one run of one model needs; a pure description, the executors carry it out. */
export interface Job {
  /** The evaluation's id: names the container and finds it again after a restart. */
  readonly id: string;
  readonly model: string;
  /** Tag or digest of the container image. */
  readonly image: string;
  readonly mounts: readonly Mount[];
  /** Where predict.sh lies in the container and is run. */
  readonly workingFolder: string;
  /** What follows `bash`: the script and its six arguments. */
  readonly arguments: readonly string[];
  readonly user: { readonly uid: number; readonly gid: number };
  readonly device: "gpu" | "cpu";
  /** Values of the parameters, as they stand in the copy of predict.sh. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Indices of the GPUs; empty on cpu, and where a cluster gives them out. */
  readonly gpus: readonly number[];
  /** How many GPUs were asked for. */
  readonly gpuCount: number;
  /** Seconds that it may run. */
  readonly timeoutS: number;
  readonly readOnlyRoot: boolean;
  readonly limits: JobLimits;
  /** Put on the container, to find it and to trace it to a request. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The paths that every model finds in its container, as the metarepository has them. */
export const CONTAINER_PATHS = {
  images: "/home/images",
  preprocessed: "/home/preprocessed_images",
  dataList: "/home/data.pkl",
  predictions: "/home/predictions",
  environment: "/etc/mammoeval/environment.sh",
} as const;
