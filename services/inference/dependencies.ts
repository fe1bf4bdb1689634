import type { Registry } from "prom-client";
import type { Diagnosis } from "../../shared/contracts/doctor.ts";
import type { Log } from "../../shared/http/mod.ts";
import type { Damage } from "../../shared/volume/mod.ts";
import type { DatasetClient, ScoringClient } from "./clients.ts";
import type { Devices } from "./dispatch/devices.ts";
import type { Dispatcher } from "./dispatch/dispatcher.ts";
import type { Executor } from "./executors/executor.ts";
import type { IdempotencyGuard } from "./submission/idempotency.ts";
import type { JobLimits } from "./executors/job.ts";
import type { ImageShelf } from "./container_images/image_shelf.ts";
import type { ExamChecks } from "./submission/exam_checks.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { ModelCatalogue } from "./models/model_catalogue.ts";
import type { WebhookCourier } from "./webhooks/webhook_courier.ts";
import type { WebhookSender } from "./webhooks/webhook_sender.ts";
import type { Workspace } from "./workspace/workspace.ts";

/** What the inference service is made of. */
export interface InferenceDependencies {
  readonly catalogue: ModelCatalogue;
  readonly datasets: DatasetClient;
  readonly devices: Devices;
  readonly dispatcher: Dispatcher;
  readonly courier: WebhookCourier;
  /** Checks requests against exams. */
  readonly examChecks: ExamChecks;
  readonly executor: Executor;
  readonly idempotency: IdempotencyGuard;
  /** Container images that were built here. */
  readonly images: ImageShelf;
  readonly ledger: Ledger;
  readonly scoring: ScoringClient;
  readonly sender: WebhookSender;
  /** What one evaluation may have at most. */
  readonly limits: JobLimits;
  /** Beginnings of names of private images that may be pulled. */
  readonly imageRegistries: readonly string[];
  readonly workspace: Workspace;
  /** Evaluations of one model version on one dataset that a submitter may have. */
  readonly quota: number;
  /** What was found on the volume and cannot be used. */
  readonly damage: Pick<Damage, "list">;
  /** Looks at the machine. */
  readonly diagnose: () => Promise<Diagnosis>;
  readonly log: Log;
  /** Holds the metrics of evaluations. */
  readonly registry: Registry;
}
