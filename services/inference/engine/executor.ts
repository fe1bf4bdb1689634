import type { EvaluationErrorType, Shard } from "../../../shared/contracts/evaluations.ts";
import type { Job } from "./job.ts";
import type { Model } from "../models/model_catalogue.ts";

export interface Failure {
  readonly type: EvaluationErrorType;
  /** What went wrong and what to do. */
  readonly message: string;
}

/** The image that a model runs in. */
export interface ContainerImage {
  readonly tag: string;
  /** `sha256:…` of the image's configuration; equal digests mean equal images. */
  readonly digest: string;
  readonly builtAt: string | null;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly failure: Failure;
};

export type RunEnd =
  | {
    readonly kind: "exited";
    readonly exitCode: number;
    /** The kernel killed a process for lack of memory, perhaps only a child process. */
    readonly outOfMemory: boolean;
    /** The engine's error message, or empty. */
    readonly engineError: string;
    /** The engine was unreachable or restarted during the run, which may have caused the end. */
    readonly engineWasAway?: boolean;
  }
  /** The job was stopped or never started, for a reason that the executor knows. */
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The container is gone, and how it ended is unknown; a cluster may say why. */
  | { readonly kind: "vanished"; readonly reason?: string };

export type OnLine = (line: OutputLine) => void;

export interface OutputLine {
  /** RFC 3339, with nanoseconds if the engine gives them. */
  readonly at: string;
  readonly text: string;
}

/** Resources that a run uses at one moment; null where this executor cannot tell. */
export interface Measurement {
  /** Peak if the kernel keeps it, otherwise current use. */
  readonly memoryBytes: number | null;
  /** CPU time since the start. */
  readonly cpuSeconds: number | null;
  /** Processes and threads. */
  readonly processes: number | null;
  /** Memory in use on the run's GPUs. */
  readonly gpuMemoryBytes: number | null;
  /** Bytes that the container wrote outside of its mounts and memory. */
  readonly rootBytes: number | null;
}

/** What a cluster recorded of ended jobs. */
export interface RecordedUse extends Pick<Measurement, "cpuSeconds" | "gpuMemoryBytes"> {
  /** Peak of one job. */
  readonly memoryBytes: number | null;
  /** Why a value is missing, by its key in `provenance.resources`. */
  readonly unknown: Readonly<Record<string, string>>;
}

export interface FollowHooks {
  /** A part of a divided run has changed its state. */
  onShards?(shards: readonly Shard[]): void;
  /** The current text of a line that is still being overwritten (progress bar); with live output, every line. */
  onDraft?(text: string): void;
  /** Whether output is live from now on: `onDraft` and `onBytes` report it as it is written. */
  onLive?(live: boolean): void;
  /** The run wrote this many more bytes, whether or not they are kept. */
  onBytes?(count: number): void;
  /** The job waits in the executor's own queue. */
  onWaiting?(reason: string): void;
  /** A queued job started at this time, with these GPUs. */
  onStarted?(at: string, gpus: readonly number[]): void;
}

/** Runs jobs: provision, start, follow, remove. Another process than the one that started a job can follow it. */
export interface Executor {
  readonly name: "docker" | "podman" | "apptainer" | "process" | "slurm";
  /** Makes sure that the model's image exists, building it if needed. */
  provision(model: Model, onLine: OnLine, signal: AbortSignal): Promise<Outcome<ContainerImage>>;
  /** The model's image if it exists now. */
  image(model: Model): Promise<ContainerImage | null>;
  /** Checks that containers get these GPUs (indices), with any image of the site. */
  probe(image: ContainerImage, gpus: readonly number[]): Promise<Outcome<void>>;
  /** How many GPUs of a cluster a model's jobs could have now; null if unknown. Others grant GPUs here. */
  freeGpus?(model: string): Promise<number | null>;
  start(job: Job): Promise<Outcome<void>>;
  /** Follows a job to its end and passes on its output after `since`; null for all. */
  follow(id: string, onLine: OnLine, since: string | null, hooks?: FollowHooks): Promise<RunEnd>;
  /** Resources that a running job uses now; null when unknown. */
  measure(id: string, gpus: readonly number[]): Promise<Measurement | null>;
  /** What a cluster recorded of ended jobs, added up; other executors have no such record. */
  recorded?(ids: readonly string[]): Promise<RecordedUse>;
  /** Stops a job at once; `follow` then ends too. */
  stop(id: string): Promise<void>;
  /** Starts or stops several parts by one request to a cluster; others do it one by one. */
  readonly together?: {
    start(parts: readonly Job[]): Promise<Outcome<void>>;
    stop(ids: readonly string[]): Promise<void>;
  };
  /** Removes what a job left in the engine. */
  remove(id: string): Promise<void>;
  /** Ids of all jobs of this volume that the engine knows, running or ended. */
  known(): Promise<string[]>;
}

export const DONE: Outcome<void> = { ok: true, value: undefined };

export function refused(type: Failure["type"], message: string): Outcome<never> {
  return { ok: false, failure: { type, message } };
}

/** The fields of `docker inspect`'s state that are read here. */
export interface ContainerState {
  readonly Status: string;
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
  readonly Error: string;
}

/** Converts an ended container's state; `engineWasAway` tells whether the engine was unreachable meanwhile. */
export function endOf(state: ContainerState, engineWasAway = false): RunEnd {
  return {
    kind: "exited",
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
    engineError: state.Error,
    engineWasAway,
  };
}
