import type { Registry } from "prom-client";
import type { Diagnosis } from "../../shared/contracts/doctor.ts";
import type { Log } from "../../shared/http/mod.ts";
import type { Damage } from "../../shared/volume/mod.ts";
import type { DatasetClient, ScoringClient } from "./clients.ts";
import type { Devices } from "./dispatch/devices.ts";
import type { Dispatcher } from "./dispatch/dispatcher.ts";
import type { Executor } from "./engine/executor.ts";
import type { IdempotencyGuard } from "./submission/idempotency.ts";
import type { JobLimits } from "./engine/job.ts";
import type { ImageInventory } from "./container_images/image_inventory.ts";
import type { ExamChecks } from "./submission/exam_checks.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { ModelCatalogue } from "./models/model_catalogue.ts";
import type { DeliveryWorker } from "./webhooks/delivery_worker.ts";
import type { WebhookSender } from "./webhooks/webhook_sender.ts";
import type { Workspace } from "./workspace/workspace.ts";

export interface InferenceDependencies {
  readonly catalogue: ModelCatalogue;
  readonly datasets: DatasetClient;
  readonly devices: Devices;
  readonly dispatcher: Dispatcher;
  readonly deliveries: DeliveryWorker;
  readonly examChecks: ExamChecks;
  readonly executor: Executor;
  readonly idempotency: IdempotencyGuard;
  readonly images: ImageInventory;
  readonly ledger: Ledger;
  readonly scoring: ScoringClient;
  readonly sender: WebhookSender;
  /** Maximum of one evaluation. */
  readonly limits: JobLimits;
  /** Name prefixes of private images that may be pulled. */
  readonly imageRegistries: readonly string[];
  readonly workspace: Workspace;
  /** Quota of a user with role `submit`: evaluations of one model version on one dataset. */
  readonly quota: number;
  /** Damaged files found on the volume. */
  readonly damage: Pick<Damage, "list">;
  readonly diagnose: () => Promise<Diagnosis>;
  readonly log: Log;
  readonly registry: Registry;
}
