import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { EvaluationStatus } from "../../../shared/contracts/evaluations.ts";
import { BEGAN, type Evaluation, type Ledger } from "./ledger.ts";
import { isFinal } from "./state_machine.ts";

/** Histogram buckets, from one second to three days, in seconds. */
const DURATIONS_S = [1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86_400, 3 * 86_400];
const OPEN_STATUSES: readonly EvaluationStatus[] = ["queued", "building", "running", "scoring"];

export interface MeasuringOptions {
  readonly registry: Registry;
  /** Free bytes on the results volume; null if unknown. */
  readonly freeBytes: () => Promise<number | null>;
  readonly gpus: readonly number[] | null;
}

/** Wraps a ledger with Prometheus metrics; complete, because every change goes through the ledger. */
export function measureLedger(ledger: Ledger, options: MeasuringOptions): Ledger {
  const meters = createMeters(options.registry);
  watchState(ledger, options);
  return {
    ...ledger,
    change(id, to, patch): Evaluation | null {
      // A cluster's job may be queued and started again; its wait ends with its first start.
      const isFirst = to === "running" && ledger.get(id)?.provenance[BEGAN] === undefined;
      const changed = ledger.change(id, to, patch);
      if (changed !== null) meters.changed(changed, isFirst);
      return changed;
    },
  };
}

function createMeters(
  registry: Registry,
): { changed(evaluation: Evaluation, isFirst: boolean): void } {
  const registers = [registry];
  const buckets = DURATIONS_S;
  const waits = new Histogram({
    name: "mammoeval_evaluation_wait_seconds",
    help: "Time from the request to the start of an evaluation, in a cluster's queue too",
    labelNames: ["device"],
    ...{ buckets, registers },
  });
  const runs = new Histogram({
    name: "mammoeval_evaluation_run_seconds",
    help: "Time from the start of the container to the end of the evaluation",
    labelNames: ["model", "status"],
    ...{ buckets, registers },
  });
  const ends = new Counter({
    name: "mammoeval_evaluations_ended_total",
    help: "Evaluations that have ended, with the type of the error where there is one",
    labelNames: ["model", "status", "error"],
    registers,
  });
  return {
    changed(evaluation, isFirst): void {
      const { status, request, attempt, createdAt, startedAt, runningSince, finishedAt } =
        evaluation;
      if (isFirst && attempt === 1 && startedAt !== null) {
        waits.observe({ device: request.device }, secondsBetween(createdAt, startedAt));
      }
      if (!isFinal(status)) return;
      // Readers of metrics may not know of a private model.
      const model = request.private_image === undefined ? request.model : "private";
      ends.inc({ model, status, error: evaluation.error?.type ?? "" });
      if (runningSince === null || finishedAt === null) return;
      runs.observe({ model, status }, secondsBetween(runningSince, finishedAt));
    },
  };
}

function watchState(ledger: Ledger, { registry, freeBytes, gpus: known }: MeasuringOptions): void {
  const registers = [registry];
  new Gauge({
    name: "mammoeval_evaluations",
    help: "Evaluations that have not ended",
    labelNames: ["status"],
    registers,
    collect(): void {
      for (const status of OPEN_STATUSES) this.set({ status }, 0);
      for (const { status } of ledger.unfinished()) this.inc({ status });
    },
  });
  new Gauge({
    name: "mammoeval_gpu_busy",
    help: "1 for a GPU that an evaluation holds, 0 for one that is free",
    labelNames: ["gpu"],
    registers,
    collect(): void {
      this.reset();
      for (const gpu of known ?? []) this.set({ gpu: String(gpu) }, 0);
      for (const { status, gpus } of ledger.unfinished()) {
        if (status === "building" || status === "running") {
          for (const gpu of gpus) this.set({ gpu: String(gpu) }, 1);
        }
      }
    },
  });
  new Gauge({
    name: "mammoeval_volume_free_bytes",
    help: "Bytes free on the results volume",
    registers,
    async collect(): Promise<void> {
      const free = await freeBytes();
      if (free !== null) this.set(free);
    },
  });
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
