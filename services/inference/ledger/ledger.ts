import type {
  EvaluationError,
  EvaluationRequest,
  EvaluationStatus,
} from "../../../shared/contracts/evaluations.ts";
import type { Outbox } from "../webhooks/outbox.ts";
import type { ModelWork } from "./kept_work.ts";
import type { Uses } from "./uses.ts";

/** What a run reports of how far it is. */
export interface Progress {
  readonly done: number | null;
  readonly total: number | null;
  /** The last telling line, or null. */
  readonly note: string | null;
}

/** One evaluation as the ledger keeps it. */
export interface Evaluation {
  readonly id: string;
  /** Who asked for it; whoever may only submit sees their own. */
  readonly user: string;
  /** Whether they may see the truth of the dataset, and so own the results; absent in older ledgers. */
  readonly seesTruth?: boolean;
  readonly request: EvaluationRequest;
  readonly status: EvaluationStatus;
  readonly progress: Progress;
  readonly error: EvaluationError | null;
  /** Id of the score, once there is one. */
  readonly score: string | null;
  readonly provenance: Readonly<Record<string, unknown>>;
  /** How often it was started; a run that the platform broke off is started once more. */
  readonly attempt: number;
  /** GPUs it was given; empty on cpu or before it has any. */
  readonly gpus: readonly number[];
  /** When the container was started, RFC 3339; the time-out counts from here, also after a restart. */
  readonly runningSince: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Grows with every change: the ETag. */
  readonly version: number;
}

/** What may change between states, or within one. */
export type EvaluationPatch = Partial<
  Pick<
    Evaluation,
    | "progress"
    | "error"
    | "score"
    | "provenance"
    | "attempt"
    | "gpus"
    | "runningSince"
    | "startedAt"
    | "finishedAt"
  >
>;

/** Something that happened to an evaluation, for those who follow it. */
export interface EvaluationEvent {
  /** Counts over the whole ledger; `Last-Event-ID` of server-sent events. */
  readonly sequence: number;
  readonly evaluation: string;
  readonly type: "status" | "progress";
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: string;
}

/** Which evaluations a list shall show. */
export interface EvaluationFilter {
  readonly user?: string;
  readonly model?: string;
  readonly dataset?: string;
  readonly status?: EvaluationStatus;
  /** Id of the last one already seen; older ones follow. */
  readonly before?: string;
  readonly limit: number;
}

/** An answer kept for an `Idempotency-Key`. */
export interface KeptAnswer {
  readonly fingerprint: string;
  readonly evaluation: string;
  /** The body of the first answer, JSON. */
  readonly body: string;
}

/** Where evaluations are written down before anything relies on them. */
export interface Ledger {
  /** Writes down a new evaluation, and the answer for its key when it has one, in one step. */
  add(evaluation: Evaluation, key?: { key: string; answer: KeptAnswer }): void;
  /** The same for several: all or none. */
  addAll(evaluations: readonly Evaluation[], key?: { key: string; answer: KeptAnswer }): void;
  get(id: string): Evaluation | null;
  /** Newest first. */
  list(filter: EvaluationFilter): Evaluation[];
  /** Those that wait for this kind of device, by priority, then by age. */
  queued(device: EvaluationRequest["device"], limit: number): Evaluation[];
  /** All that have not ended, oldest first. */
  unfinished(): Evaluation[];
  /**
   * Changes the state.
   *
   * @returns the evaluation as it is now, or null when the state machine has no such way from where
   *   the evaluation really is (somebody else was faster)
   */
  change(id: string, to: EvaluationStatus, patch?: EvaluationPatch): Evaluation | null;
  /** Changes something within the state; an evaluation that has ended stays as it is. */
  update(id: string, patch: EvaluationPatch): Evaluation | null;
  /** Events of one evaluation after a sequence number, oldest first. */
  events(id: string, after: number): EvaluationEvent[];
  /** Calls back after every change of one evaluation; returns a function that ends that. */
  watch(id: string, onChange: () => void): () => void;
  keptAnswer(key: string): KeptAnswer | null;
  /**
   * Forgets an evaluation that has ended, with its events, its deliveries and the answer for its key.
   *
   * @returns whether it was there and had ended
   */
  remove(id: string): boolean;
  /** Who has evaluated what on which data. */
  readonly uses: Uses;
  /** The latest build and the latest check of each model. */
  readonly work: ModelWork;
  /** The webhook messages that changes of state have left. */
  readonly outbox: Outbox;
  close(): void;
}

/**
 * Name in the provenance of when a run began, while it goes on: seconds that the machine was up. The wall clock may be
 * adjusted meanwhile, and a process that takes the run up has no other clock in common with the one that began it.
 */
export const BEGAN = "began_at_uptime_s";
