import { join } from "node:path";
import { NoAnswerError, ProblemError, WithheldError } from "../client/mod.ts";
import type { DatasetRecord, EvaluationRecord, ScoreReport, Site } from "../client/mod.ts";
import { predictionsFileName } from "../shared/volume/mod.ts";
import { EXIT } from "./command_line/mod.ts";
import type { EvaluateArguments } from "./commands/evaluate.ts";
import type { Console, Share } from "./console.ts";
import { Failure, faultText } from "./failure.ts";
import type { Interruption } from "./interruption.ts";
import { filesByKind, keep, keepScoreFiles } from "./keep_results.ts";
import { printScore } from "./print_score.ts";
import type { Outcome } from "./run_command.ts";

const WAIT_S = 1;
const WARNINGS_PRINTED_MAX = 10;

/** @throws {Failure} if the evaluation did not succeed */
export async function runEvaluate(
  args: EvaluateArguments,
  site: Site,
  console: Console,
  interruption: Interruption,
): Promise<Outcome> {
  const dataset = await registerDataset(args, site, console, interruption);
  const evaluation = await followEvaluation(args, dataset.id, site, console, interruption);
  if (evaluation.status !== "succeeded") throw failureOfEnd(evaluation, interruption);
  return await keepAndPrint(evaluation, args, site, console);
}

async function registerDataset(
  args: EvaluateArguments,
  site: Site,
  console: Console,
  interruption: Interruption,
): Promise<DatasetRecord> {
  console.progress("checking images and data list");
  let dataset = await registerUnderFreeName(args, site);
  while (dataset.status === "importing") {
    if (interruption.signal.aborted) break;
    console.progress("checking images", dataset.progress);
    await new Promise((resolve) => setTimeout(resolve, WAIT_S * 1000));
    dataset = await site.datasets.get(dataset.id);
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
  return await sameAsBefore(dataset, site);
}

/** Names the dataset after the experiment, with a number if that name belongs to other data. */
async function registerUnderFreeName(
  { experiment, images, dataList }: EvaluateArguments,
  site: Site,
): Promise<DatasetRecord> {
  for (let number = 1;; number++) {
    const name = number === 1 ? experiment : `${experiment}-${number}`;
    const request = { name, images, data_list: dataList };
    try {
      return await site.datasets.register(request, { waitSeconds: WAIT_S });
    } catch (error) {
      if (!(error instanceof ProblemError && error.type === "dataset_exists")) throw error;
    }
  }
}

/** Reuses an earlier dataset with the same data, so that repeated evaluations do not pile up datasets. */
async function sameAsBefore(dataset: DatasetRecord, site: Site): Promise<DatasetRecord> {
  const all = await Array.fromAsync(site.datasets.list());
  const earlier = all.find((other) =>
    other.id !== dataset.id && other.status === "ready" && other.digest === dataset.digest &&
    other.images_folder === dataset.images_folder
  );
  if (earlier === undefined) return dataset;
  await site.datasets.delete(dataset.id);
  return earlier;
}

async function followEvaluation(
  args: EvaluateArguments,
  dataset: string,
  site: Site,
  console: Console,
  { signal }: Interruption,
): Promise<EvaluationRecord> {
  const { model, experiment, device, gpu, bootstrap } = args;
  const order = { model, experiment, dataset, device, gpu, bootstrap };
  let evaluation = await site.evaluations.submit(order);
  let isCancelling = false;
  while (evaluation.finished_at === null) {
    console.progress(...progressOf(evaluation));
    if (signal.aborted && !isCancelling) {
      isCancelling = true;
      console.note(`Cancelling evaluation ${evaluation.id}; Ctrl-C once more leaves at once`);
      evaluation = await site.evaluations.cancel(evaluation.id);
    } else {
      const { id } = evaluation;
      evaluation = await followed(id, site.evaluations.get(id, { waitSeconds: WAIT_S }));
    }
  }
  return evaluation;
}

/** If the connection is lost, says that the evaluation is not. */
async function followed<T>(id: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    throw new Failure(
      "no_answer",
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
  site: Site,
  console: Console,
): Promise<Outcome> {
  const name = predictionsFileName(args);
  const predictions = join(args.results, name);
  await Deno.mkdir(args.results, { recursive: true });
  await keep(await site.evaluations.predictions(evaluation.id), predictions);
  const report = await releasedReport(site, evaluation.id);
  if (report === null) {
    console.note("The score is withheld until the data owner releases it.");
    console.result(`predictions: ${predictions}`);
    return { exitCode: EXIT.done, document: { evaluation, score: null, files: { predictions } } };
  }
  const scored = await keepScoreFiles(site, report, args.results, name.replace(/\.csv$/, ""));
  const kept = [["predictions", predictions] as const, ...scored];
  printScore(report, console);
  for (const [what, path] of kept) console.result(`${what}: ${path}`);
  const document = { evaluation, score: report, files: filesByKind(kept) };
  return { exitCode: EXIT.done, document };
}

async function releasedReport(site: Site, id: string): Promise<ScoreReport | null> {
  try {
    return await site.scores.get(id);
  } catch (error) {
    if (error instanceof WithheldError) return null;
    throw error;
  }
}
