import type { EvaluationErrorType } from "../../../shared/contracts/evaluations.ts";
import type { Job } from "./job.ts";
import type { Model } from "../models/model_catalogue.ts";

/** Why something did not work, for the one who asked for it. */
export interface Failure {
  readonly type: EvaluationErrorType;
  /** What went wrong and what to do. */
  readonly message: string;
}

/** The image that a model runs in. */
export interface ContainerImage {
  readonly tag: string;
  /** `sha256:…` of the image's configuration: the same digest is the same image. */
  readonly digest: string;
  readonly builtAt: string | null;
}

/** Outcome of something that may fail for a reason that its asker must hear. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly failure: Failure;
};

/** How a run ended. */
export type RunEnd =
  | {
    readonly kind: "exited";
    readonly exitCode: number;
    /** The kernel killed a process for want of memory, be it only a child. */
    readonly outOfMemory: boolean;
    /** What the engine has to say of it, or empty. */
    readonly engineError: string;
    /** The engine could not be reached meanwhile, or was started anew: the end may be its doing. */
    readonly engineWasAway?: boolean;
  }
  /** It was ended, or never started, for a reason that the executor knows. */
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The container is gone and nobody knows how it ended. */
  | { readonly kind: "vanished" };

/** Takes what a run or a build writes, line by line. */
export type OnLine = (line: OutputLine) => void;

/** One line that a run or a build wrote. */
export interface OutputLine {
  /** RFC 3339 with nanoseconds where the engine gives it. */
  readonly at: string;
  readonly text: string;
}

/** What a run uses at one moment; null for what this executor cannot tell. */
export interface Measurement {
  /** The highest so far where the kernel keeps it, otherwise what is used now. */
  readonly memoryBytes: number | null;
  /** Processor time since the start. */
  readonly cpuSeconds: number | null;
  /** Processes and threads. */
  readonly processes: number | null;
  /** Memory in use on the run's GPUs. */
  readonly gpuMemoryBytes: number | null;
  /** What its container has written outside of the folders and memory that it is given. */
  readonly rootBytes: number | null;
}

/** Further things that following tells of. */
export interface FollowHooks {
  /** A line that is still being written over, a progress bar say; and while output is live each line too. */
  onDraft?(text: string): void;
  /** Whether output is live from now on: it is told as it is written, by `onDraft` and `onBytes`. */
  onLive?(live: boolean): void;
  /** So many further bytes were written, whatever became of them. */
  onBytes?(count: number): void;
  /** The job waits in a queue of the executor's own. */
  onWaiting?(reason: string): void;
  /** A job that waited has been started, at this moment, with these GPUs. */
  onStarted?(at: string, gpus: readonly number[]): void;
}

/**
 * Runs jobs: provision, start, follow, remove. `follow` can be taken up by another process than the
 * one that started the job.
 */
export interface Executor {
  readonly name: "docker" | "apptainer" | "process" | "slurm";
  /** Makes sure that the model's image is there. */
  provision(model: Model, onLine: OnLine, signal: AbortSignal): Promise<Outcome<ContainerImage>>;
  /** The model's image if it is there now. */
  image(model: Model): Promise<ContainerImage | null>;
  /**
   * Makes sure that containers get these GPUs, before anything relies on it.
   *
   * @param image any image of the site
   * @param gpus indices
   */
  probe(image: ContainerImage, gpus: readonly number[]): Promise<Outcome<void>>;
  start(job: Job): Promise<Outcome<void>>;
  /**
   * Waits until a job has ended, passing on what it writes.
   *
   * @param id the evaluation's id
   * @param onLine takes its output
   * @param since lines up to this moment have been seen already; null for all
   * @param hooks take what else there is to tell
   */
  follow(
    id: string,
    onLine: OnLine,
    since: string | null,
    hooks?: FollowHooks,
  ): Promise<RunEnd>;
  /** What a job that runs uses now; null when nobody can tell. */
  measure(id: string, gpus: readonly number[]): Promise<Measurement | null>;
  /** Ends a job at once; following it ends then too. */
  stop(id: string): Promise<void>;
  /** Removes what a job has left in the engine. */
  remove(id: string): Promise<void>;
  /** Ids of all jobs of this volume that the engine knows, running or ended. */
  known(): Promise<string[]>;
}
