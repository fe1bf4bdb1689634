import { join } from "node:path";
import type { DatasetRecord } from "../shared/contracts/datasets.ts";
import type { EvaluationRecord } from "../shared/contracts/evaluations.ts";
import type { ScoreReport } from "../shared/contracts/scores.ts";
import { predictionsFileName } from "../shared/volume/mod.ts";
import { call, post } from "./api.ts";
import { EXIT } from "./command_line/mod.ts";
import type { EvaluateArguments } from "./commands/evaluate.ts";
import type { Console, Share } from "./console.ts";
import { Failure, faultText } from "./failure.ts";
import type { Interruption } from "./interruption.ts";
import { filesByKind, keepScoreFiles } from "./keep_results.ts";
import { printScore } from "./print_score.ts";
import type { Outcome } from "./run_command.ts";
import type { ServiceAccess } from "./service_access.ts";

/** How long one request waits for something to happen, in seconds. */
const WAIT_S = 1;
/** Warnings of a dataset that are printed. */
const WARNINGS_PRINTED_MAX = 10;

/**
 * Takes data through the whole house: dataset, evaluation, score, files.
 *
 * @param args what to do
 * @param service where
 * @param console for progress and results
 * @param interruption cancels the evaluation when it comes
 * @returns evaluation, score and where the files lie
 * @throws {Failure} with the reason, when it did not succeed
 */
export async function runEvaluate(
  args: EvaluateArguments,
  service: ServiceAccess,
  console: Console,
  interruption: Interruption,
): Promise<Outcome> {
  const dataset = await registerDataset(args, service, console, interruption);
  const evaluation = await followEvaluation(args, dataset.id, service, console, interruption);
  if (evaluation.status !== "succeeded") throw failureOfEnd(evaluation, interruption);
  return await keepAndPrint(evaluation, args, service, console);
}

async function registerDataset(
  args: EvaluateArguments,
  service: ServiceAccess,
  console: Console,
  interruption: Interruption,
): Promise<DatasetRecord> {
  console.progress("checking images and data list");
  const body = { name: args.experiment, images: args.images, data_list: args.dataList };
  const registered = await post(service, "/v1/datasets", body, { prefer: `wait=${WAIT_S}` });
  let dataset: DatasetRecord = await registered.json();
  while (dataset.status === "importing") {
    if (interruption.signal.aborted) break;
    console.progress("checking images", dataset.progress);
    await new Promise((resolve) => setTimeout(resolve, WAIT_S * 1000));
    dataset = await (await call(service, `/v1/datasets/${dataset.id}`)).json();
  }
  if (interruption.signal.aborted) {
    throw new Failure(
      "interrupted",
      "Broken off while images and data list were checked: no evaluation was started",
      { exitCode: interruption.exitCode() },
    );
  }
  if (dataset.status === "rejected") {
    throw new Failure("invalid_data_list", "The dataset was rejected", {
      faults: dataset.errors,
      faultsTotal: dataset.errors_total,
    });
  }
  for (const warning of dataset.warnings.slice(0, WARNINGS_PRINTED_MAX)) {
    console.note(`warning: ${faultText(warning)}`);
  }
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
  { signal }: Interruption,
): Promise<EvaluationRecord> {
  const { model, experiment, device, gpu, bootstrap } = args;
  const body = { model, experiment, dataset, device, gpu, bootstrap };
  let evaluation: EvaluationRecord = await (await post(service, "/v1/evaluations", body)).json();
  const self = `/v1/evaluations/${evaluation.id}`;
  let isCancelling = false;
  while (evaluation.finished_at === null) {
    console.progress(...progressOf(evaluation));
    if (signal.aborted && !isCancelling) {
      isCancelling = true;
      console.note(`Cancelling evaluation ${evaluation.id}; Ctrl-C once more leaves at once`);
      evaluation = await (await post(service, `${self}/cancel`, {})).json();
    } else {
      const headers = { prefer: `wait=${WAIT_S}` };
      evaluation = await (await followed(evaluation, call(service, self, { headers }))).json();
    }
  }
  return evaluation;
}

/** Whoever loses the service must know that the evaluation is not lost. */
async function followed(
  { id }: EvaluationRecord,
  answer: Promise<Response>,
): Promise<Response> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Failure) || error.type !== "no_answer") throw error;
    throw new Failure(
      error.type,
      `${error.message}; evaluation ${id} goes on there or is taken up again when it starts: ` +
        `GET /v1/evaluations/${id}`,
      { also: { evaluation_id: id } },
    );
  }
}

function progressOf({ model, status, progress }: EvaluationRecord): [string, Share?] {
  const { done, total, note } = progress;
  const text = `${model}: ${status}${note === null ? "" : ` (${note})`}`;
  return done === null ? [text] : [text, { done, total }];
}

function failureOfEnd(evaluation: EvaluationRecord, interruption: Interruption): Failure {
  const { id, status, error, links } = evaluation;
  const also = { evaluation };
  if (error === null) {
    const exitCode = interruption.signal.aborted ? interruption.exitCode() : EXIT.failed;
    return new Failure(status, `Evaluation ${id} was ${status}`, { exitCode, also });
  }
  const tail = error.log_tail.map((line) => `  ${line}`);
  return new Failure(
    error.type,
    `The evaluation failed while ${error.stage}: ${error.type}\n${error.message}`,
    {
      faults: error.faults,
      lines: tail.length === 0 ? [] : [`Last lines of the log (${links["log"]}):`, ...tail],
      also,
    },
  );
}

async function keepAndPrint(
  evaluation: EvaluationRecord,
  args: EvaluateArguments,
  service: ServiceAccess,
  console: Console,
): Promise<Outcome> {
  const report: ScoreReport = await (await call(service, evaluation.score!)).json();
  const name = predictionsFileName(args);
  const predictions = join(args.results, name);
  await Deno.mkdir(args.results, { recursive: true });
  const csv = await call(service, evaluation.links["predictions"]!);
  await Deno.writeFile(predictions, csv.body ?? new Uint8Array());
  const scored = await keepScoreFiles(service, report, args.results, name.replace(/\.csv$/, ""));
  const kept = [["predictions", predictions] as const, ...scored];
  printScore(report, console);
  for (const [what, path] of kept) console.result(`${what}: ${path}`);
  const document = { evaluation, score: report, files: filesByKind(kept) };
  return { exitCode: EXIT.done, document };
}
