import { join } from "node:path";
import type { DatasetRecord } from "../shared/contracts/datasets.ts";
import type { EvaluationRecord } from "../shared/contracts/evaluations.ts";
import type { ScoreReport } from "../shared/contracts/scores.ts";
import { predictionsFileName } from "../shared/volume/mod.ts";
import { ApiError, call, post } from "./api.ts";
import type { Console } from "./console.ts";
import type { EvaluateArguments } from "./evaluate_arguments.ts";
import { keepScoreFiles } from "./keep_results.ts";
import { printScore } from "./print_score.ts";
import type { ServiceAccess } from "./service_access.ts";

/** How long one request waits for something to happen, in seconds. */
const WAIT_S = 1;
/** Faults printed; the rest is counted. */
const FAULTS_PRINTED_MAX = 50;

/**
 * Takes data through the whole house: dataset, evaluation, score, files.
 *
 * @param args what to do
 * @param service where
 * @param console for progress and results
 * @param signal cancels the evaluation when it fires
 * @returns the exit code: 0, or 1 when something failed (the reason is printed)
 */
export async function runEvaluate(
  args: EvaluateArguments,
  service: ServiceAccess,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  try {
    const dataset = await registerDataset(args, service, console);
    const evaluation = await followEvaluation(args, dataset.id, service, console, signal);
    if (evaluation.status !== "succeeded") {
      explainFailure(evaluation, console);
      return 1;
    }
    await keepAndPrint(evaluation, args, service, console);
    return 0;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    console.complaint(error.message);
    for (const { message } of error.faults.slice(0, FAULTS_PRINTED_MAX)) {
      console.complaint(`  ${message}`);
    }
    const more = error.faultsTotal - FAULTS_PRINTED_MAX;
    if (more > 0) console.complaint(`  and ${more} more`);
    return 1;
  }
}

async function registerDataset(
  args: EvaluateArguments,
  service: ServiceAccess,
  console: Console,
): Promise<DatasetRecord> {
  console.progress("checking images and data list");
  const body = { name: args.experiment, images: args.images, data_list: args.dataList };
  const registered = await post(service, "/v1/datasets", body, { prefer: `wait=${WAIT_S}` });
  let dataset: DatasetRecord = await registered.json();
  while (dataset.status === "importing") {
    console.progress(`checking images: ${dataset.progress.done} of ${dataset.progress.total}`);
    await new Promise((resolve) => setTimeout(resolve, WAIT_S * 1000));
    dataset = await (await call(service, `/v1/datasets/${dataset.id}`)).json();
  }
  if (dataset.status === "rejected") {
    throw new ApiError("The dataset was rejected", dataset.errors, dataset.errors_total);
  }
  for (const { message } of dataset.warnings.slice(0, 10)) console.complaint(`warning: ${message}`);
  return await sameAsBefore(dataset, service);
}

/** Evaluating the same data again shall not pile up datasets: the earlier one is used. */
async function sameAsBefore(
  dataset: DatasetRecord,
  service: ServiceAccess,
): Promise<DatasetRecord> {
  const { items }: { items: DatasetRecord[] } = await (await call(service, "/v1/datasets")).json();
  const earlier = items.find((other) =>
    other.id !== dataset.id && other.status === "ready" && other.digest === dataset.digest &&
    other.images_folder === dataset.images_folder
  );
  if (earlier === undefined) return dataset;
  await call(service, `/v1/datasets/${dataset.id}`, { method: "DELETE" });
  return earlier;
}

async function followEvaluation(
  args: EvaluateArguments,
  dataset: string,
  service: ServiceAccess,
  console: Console,
  signal: AbortSignal,
): Promise<EvaluationRecord> {
  const { model, experiment, device, gpu, bootstrap } = args;
  const body = { model, experiment, dataset, device, gpu, bootstrap };
  let evaluation: EvaluationRecord = await (await post(service, "/v1/evaluations", body)).json();
  const self = `/v1/evaluations/${evaluation.id}`;
  while (evaluation.finished_at === null) {
    console.progress(progressText(evaluation));
    if (signal.aborted) evaluation = await (await post(service, `${self}/cancel`, {})).json();
    else {evaluation = await (await call(service, self, { headers: { prefer: `wait=${WAIT_S}` } }))
        .json();}
  }
  return evaluation;
}

function progressText({ model, status, progress }: EvaluationRecord): string {
  const { done, total, note } = progress;
  const count = done === null ? "" : total === null ? ` ${done}` : ` ${done} of ${total}`;
  return `${model}: ${status}${count}${note === null ? "" : ` (${note})`}`;
}

function explainFailure({ status, error, links }: EvaluationRecord, console: Console): void {
  if (error === null) {
    console.complaint(`The evaluation was ${status}`);
    return;
  }
  console.complaint(`The evaluation failed while ${error.stage}: ${error.type}`);
  console.complaint(error.message);
  for (const { message } of error.faults.slice(0, FAULTS_PRINTED_MAX)) {
    console.complaint(`  ${message}`);
  }
  if (error.log_tail.length > 0) console.complaint(`Last lines of the log (${links["log"]}):`);
  for (const line of error.log_tail) console.complaint(`  ${line}`);
}

async function keepAndPrint(
  evaluation: EvaluationRecord,
  args: EvaluateArguments,
  service: ServiceAccess,
  console: Console,
): Promise<void> {
  const report: ScoreReport = await (await call(service, evaluation.score!)).json();
  const name = predictionsFileName(args);
  const predictions = join(args.results, name);
  await Deno.mkdir(args.results, { recursive: true });
  const csv = await call(service, evaluation.links["predictions"]!);
  await Deno.writeFile(predictions, csv.body ?? new Uint8Array());
  const kept = await keepScoreFiles(service, report, args.results, name.replace(/\.csv$/, ""));
  printScore(report, console);
  for (const [what, path] of [["predictions", predictions] as const, ...kept]) {
    console.result(`${what}: ${path}`);
  }
}
