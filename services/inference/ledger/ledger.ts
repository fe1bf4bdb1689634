import type {
  EvaluationError,
  EvaluationNotes,
  EvaluationOrderName,
  EvaluationRequest,
  EvaluationStatus,
} from "../../../shared/contracts/evaluations.ts";
import type { ModelBuild, ModelCheck } from "../../../shared/contracts/models.ts";
import type { Outbox } from "./outbox.ts";
import type { Uses } from "./uses.ts";

export interface Progress {
  readonly done: number | null;
  readonly total: number | null;
  /** The last informative line, or null. */
  readonly note: string | null;
}

export interface Evaluation {
  readonly id: string;
  /** Who requested it; callers with role `submit` see only their own. */
  readonly user: string;
  /** Whether the user may see the dataset's labels, and so owns the results; absent in older ledgers. */
  readonly seesTruth?: boolean;
  readonly request: EvaluationRequest;
  /** What people call it, and what they noted. */
  readonly name?: string;
  readonly notes?: string;
  readonly status: EvaluationStatus;
  readonly progress: Progress;
  readonly error: EvaluationError | null;
  readonly score: string | null;
  readonly provenance: Readonly<Record<string, unknown>>;
  /** Number of starts; a run that the platform interrupted is retried once. */
  readonly attempt: number;
  /** Assigned GPUs; empty on cpu or before assignment. */
  readonly gpus: readonly number[];
  /** Whether a cluster has its job, which waits there while the state is `queued`; absent in older ledgers. */
  readonly submitted?: boolean;
  readonly runningSince: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Increases with every change; the ETag. */
  readonly version: number;
}

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
    | "submitted"
    | "startedAt"
    | "finishedAt"
  >
>;

export interface EvaluationEvent {
  /** Unique over the whole ledger; `Last-Event-ID` of server-sent events. */
  readonly sequence: number;
  readonly evaluation: string;
  readonly type: "status" | "progress";
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: string;
}

export interface EvaluationFilter {
  readonly user?: string;
  readonly model?: string;
  readonly dataset?: string;
  readonly status?: EvaluationStatus;
  /** Text in model, dataset, experiment, parameters, user, name or notes, in any case of ASCII letters. */
  readonly search?: string;
  /** Without private images of users other than this one, and without evaluations that were not blind. */
  readonly seenBy?: string;
  readonly sort?: EvaluationOrderName;
  /** Id of the last evaluation of the page before; it must exist unless the order is by age. */
  readonly after?: string;
  readonly limit: number;
}

/** A stored answer for an `Idempotency-Key`. */
export interface KeptAnswer {
  readonly fingerprint: string;
  readonly evaluation: string;
  /** The body of the first answer, JSON. */
  readonly body: string;
}

/** Stores evaluations before anything relies on them. */
export interface Ledger {
  /** A UUIDv7 above all earlier ones, also where the clock was set back: lists and the queue go by it. */
  newId(): string;
  /** Adds a new evaluation and, if given, the answer for its key, in one transaction. */
  add(evaluation: Evaluation, key?: { key: string; answer: KeptAnswer }): void;
  addAll(evaluations: readonly Evaluation[], key?: { key: string; answer: KeptAnswer }): void;
  get(id: string): Evaluation | null;
  /** In the filter's order, by default newest first. */
  list(filter: EvaluationFilter): Evaluation[];
  /** The number of evaluations that a filter lists on all pages. */
  count(filter: Omit<EvaluationFilter, "after" | "limit">): number;
  /** Evaluations that wait for this kind of device, by age; not those that a cluster has. */
  queued(device: EvaluationRequest["device"], limit: number): Evaluation[];
  /** All that have not ended, oldest first. */
  unfinished(): Evaluation[];
  /** Changes the state; null when the state machine does not allow it from the actual state. */
  change(id: string, to: EvaluationStatus, patch?: EvaluationPatch): Evaluation | null;
  /** Changes fields within the state; an ended evaluation stays as it is. */
  update(id: string, patch: EvaluationPatch): Evaluation | null;
  /** Sets or removes the name and the notes in every state, without an event; null if there is no evaluation. */
  annotate(id: string, notes: EvaluationNotes): Evaluation | null;
  /** Events of one evaluation after a sequence number, oldest first. */
  events(id: string, after: number): EvaluationEvent[];
  /** Calls back after every change of one evaluation; returns a function that unsubscribes. */
  watch(id: string, onChange: () => void): () => void;
  keptAnswer(key: string): KeptAnswer | null;
  /** Deletes an ended evaluation with its events, deliveries and stored answer; false if there is none. */
  remove(id: string): boolean;
  /** Who evaluated what on which data. */
  readonly uses: Uses;
  /** The latest build and the latest check of each model. */
  readonly work: ModelWork;
  readonly outbox: Outbox;
  close(): void;
}

/** Provenance key of a run's start in seconds of uptime, as the wall clock may be adjusted; gone when it ends. */
export const BEGAN = "began_at_uptime_s";
/** Provenance key of a divided run on cpu: the places that it holds. */
export const PLACES = "shard_places";

/** Stores the latest work of one kind on each model. */
export interface KeptWork<T> {
  get(model: string): T | null;
  /** Replaces the previous work. */
  put(model: string, state: T): void;
  /** The latest work on every model. */
  all(): readonly { readonly model: string; readonly state: T }[];
}

/** Builds and checks of models; each is kept until the next one. */
export interface ModelWork {
  readonly builds: KeptWork<ModelBuild>;
  readonly checks: KeptWork<ModelCheck>;
}
