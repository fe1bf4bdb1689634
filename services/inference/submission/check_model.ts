import type { CheckFinding } from "../../../shared/contracts/models.ts";
import { evaluationRequest } from "../../../shared/contracts/evaluations.ts";
import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import { readPredictions } from "../../../shared/format/mod.ts";
import { type Caller, Problem } from "../../../shared/http/mod.ts";
import type { Executor, OutputLine } from "../engine/executor.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Device, Model } from "../models/model_catalogue.ts";
import { type QueueDependencies, queueEvaluations } from "./queue_evaluations.ts";
import { type SubmitDependencies, submitEvaluation } from "./submit_evaluation.ts";
import { waitForEnd } from "../ledger/wait_for_end.ts";
import type { Workspace } from "../workspace/workspace.ts";

export interface CheckDependencies extends SubmitDependencies, QueueDependencies {
  readonly executor: Executor;
  readonly workspace: Workspace;
}

const CHECK_EXPERIMENT = "contribution_check";
/** Parts of the run that is compared with one in one part. */
const PARTS = 3;
/** Lines of a failed build or run in a finding. */
const DETAIL_LINES_MAX = 15;
/** Longest wait for one run, in seconds; the run's own limit is shorter. */
const RUN_WAIT_S = 2 * 86_400;

export interface CheckOrder {
  readonly model: string;
  readonly dataset: string;
  /** Also compares a run in parts with one in one part. */
  readonly shards: boolean;
  readonly caller: Caller;
  /** Receives each finding at once. */
  readonly onFinding: (finding: CheckFinding) => void;
}

/** The contribution check: files, image, runs on each device, scores, repeatability, parts if asked. Reports all faults at once. */
export async function checkModel(order: CheckOrder, deps: CheckDependencies): Promise<void> {
  const { onFinding } = order;
  await checkFiles(order, deps);
  const lookup = await deps.catalogue.find(order.model);
  if (!lookup.ok) {
    return onFinding(finding("build", "skipped", "The folder has faults"));
  }
  if (!await checkBuild(lookup.model, order, deps)) return;
  for (const device of lookup.model.devices) await checkDevice(lookup.model, device, order, deps);
}

async function checkFiles(
  { model, onFinding }: CheckOrder,
  deps: CheckDependencies,
): Promise<void> {
  const found = await deps.catalogue.inspect(model);
  if (found === null) {
    throw new Problem("not_found", `There is no model folder ${JSON.stringify(model)}`);
  }
  const { faults, advice } = found;
  onFinding(
    faults.length === 0
      ? finding("files", "passed", "The required files exist and agree")
      : finding("files", "failed", `The folder has ${countOf(faults, "fault")}`, faults),
  );
  if (advice.length > 0) {
    onFinding(
      finding("files", "advice", "The folder could describe the model in more detail", advice),
    );
  }
}

async function checkBuild(
  model: Model,
  { onFinding }: CheckOrder,
  { executor }: CheckDependencies,
): Promise<boolean> {
  const lines: string[] = [];
  const take = ({ text }: OutputLine): void => {
    if (text.trim() !== "") lines.push(text);
    if (lines.length > DETAIL_LINES_MAX) lines.shift();
  };
  const outcome = await executor.provision(model, take, new AbortController().signal);
  if (!outcome.ok) {
    onFinding(finding("build", "failed", outcome.failure.message, lines));
    return false;
  }
  const { tag, digest } = outcome.value;
  const message = executor.name === "process"
    ? "The model runs as a process of mammoeval (MAMMOEVAL_EXECUTOR): no image is built"
    : `The image is built: ${tag} (${digest.slice(0, 19)})`;
  onFinding(finding("build", executor.name === "process" ? "skipped" : "passed", message));
  return true;
}

async function checkDevice(
  model: Model,
  device: Device,
  order: CheckOrder,
  deps: CheckDependencies,
): Promise<void> {
  const name = `run on ${device}`;
  if (device === "gpu" && !deps.devices.gpus?.length) {
    return order.onFinding(
      finding(name, "skipped", "This machine has no GPU: run the check where there is one"),
    );
  }
  const first = await runOnce(device, order, deps);
  if (first instanceof Problem) return order.onFinding(finding(name, "failed", first.message));
  order.onFinding(runFinding(name, first));
  if (first.status !== "succeeded") return;
  order.onFinding(rootFinding(device, first, deps.executor));
  const text = await predictionsOf(first, deps);
  order.onFinding(levelFinding(device, model, text));
  const again = await runAgain(text, device, order, deps);
  order.onFinding(again);
  if (order.shards) order.onFinding(await checkParts(text, again, model, device, order, deps));
}

/** A second run must give the same predictions. */
async function runAgain(
  text: string,
  device: Device,
  order: CheckOrder,
  deps: CheckDependencies,
): Promise<CheckFinding> {
  const check = `run on ${device} again`;
  const run = await runOnce(device, order, deps);
  if (run instanceof Problem) return finding(check, "failed", run.message);
  if (run.status !== "succeeded") return runFinding(check, run);
  const difference = comparePredictions(text, await predictionsOf(run, deps));
  return difference === null
    ? finding(check, "passed", "The second run gave the same predictions")
    : finding(check, "failed", `The second run gave different predictions: ${difference}`);
}

/** A run in parts must give the predictions of one part, byte for byte, if two runs in one part do. */
async function checkParts(
  text: string,
  again: CheckFinding,
  { manifest }: Model,
  device: Device,
  order: CheckOrder,
  deps: CheckDependencies,
): Promise<CheckFinding> {
  const check = `${PARTS} parts on ${device}`;
  const skip = (reason: string): CheckFinding => finding(check, "skipped", reason);
  if (again.result !== "passed") return skip("Two runs in one part must give the same first");
  if (manifest.exams_independent === false) {
    return skip('model.json says that exams depend on each other ("exams_independent": false)');
  }
  const run = await runOnce(device, order, deps, { shards: PARTS, exams_independent: true });
  if (run instanceof Problem) return finding(check, "failed", run.message);
  if (run.status !== "succeeded") return runFinding(check, run);
  if (run.provenance["shards"] === undefined) return skip("A single exam cannot be divided");
  const difference = comparePredictions(text, await predictionsOf(run, deps));
  if (difference !== null) {
    return finding(
      check,
      "failed",
      `The parts gave different predictions than one run: ${difference}. A score depends on other exams: ` +
        'set "exams_independent": false in model.json',
    );
  }
  const advice = manifest.exams_independent === true
    ? ""
    : ': "exams_independent": true in model.json lets evaluations be divided';
  return finding(check, "passed", `The parts gave the predictions of one run${advice}`);
}

function predictionsOf(evaluation: Evaluation, { workspace }: CheckDependencies): Promise<string> {
  return Deno.readTextFile(workspace.predictionsPath(evaluation));
}

async function runOnce(
  device: Device,
  { model, dataset, caller }: CheckOrder,
  deps: CheckDependencies,
  division: Pick<EvaluationRequest, "shards" | "exams_independent"> = {},
): Promise<Evaluation | Problem> {
  const request: EvaluationRequest = evaluationRequest.parse({
    ...{ model, dataset, device, experiment: CHECK_EXPERIMENT },
    ...{ bootstrap: false, exams: "complete_only", ...division },
  });
  try {
    const evaluation = await submitEvaluation(request, caller.user, deps);
    await queueEvaluations([evaluation], caller, deps);
    return await waitForEnd(deps.ledger, evaluation.id, RUN_WAIT_S) ?? evaluation;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function runFinding(check: string, { status, error }: Evaluation): CheckFinding {
  if (status === "succeeded") {
    return finding(
      check,
      "passed",
      "The run ended without an error, and its predictions can be scored",
    );
  }
  if (error === null) return finding(check, "failed", `The run was ${status}`);
  const faults = error.faults.slice(0, DETAIL_LINES_MAX).map(({ message }) => message);
  const details = faults.length > 0 ? faults : error.log_tail.slice(-DETAIL_LINES_MAX);
  return finding(check, "failed", `${error.type}: ${error.message}`, details);
}

function rootFinding(device: Device, { provenance }: Evaluation, executor: Executor): CheckFinding {
  const { uid, gid } = provenance["user"] as { uid: number; gid: number };
  const check = `no root on ${device}`;
  if (executor.name === "process") {
    return finding(check, "skipped", "It ran as a process of mammoeval's user");
  }
  return uid === 0
    ? finding(check, "failed", "It ran as root")
    : finding(check, "passed", `It ran as ${uid}:${gid}, without capabilities and without network`);
}

function levelFinding(device: Device, { manifest }: Model, text: string): CheckFinding {
  const check = `level on ${device}`;
  const level = readPredictions(text).predictions?.level ?? "unknown";
  const declared = manifest.level;
  if (declared === undefined || declared === level) {
    return finding(check, "passed", `Predictions are of level ${level}`);
  }
  const message = `model.json declares level ${declared}, but predictions are of level ${level}`;
  return finding(check, "failed", message);
}

function finding(
  check: string,
  result: CheckFinding["result"],
  message: string,
  details: readonly string[] = [],
): CheckFinding {
  return { check, result, message, details: [...details] };
}

function countOf(items: readonly unknown[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? "" : "s"}`;
}

/** Compares two predictions files of one run: null when equal, or a description of the first difference. */
export function comparePredictions(one: string, other: string): string | null {
  if (one === other) return null;
  const [first, second] = [one, other].map((text) => text.trimEnd().split(/\r?\n/));
  const different = first!.findIndex((line, index) => line !== second![index]);
  if (different < 0 && first!.length === second!.length) return null;
  if (different < 0) return `one has ${first!.length} lines, the other ${second!.length}`;
  const count = first!.filter((line, index) => line !== second![index]).length;
  return `${count} of ${first!.length} lines differ, first line ${different + 1}: ` +
    `"${first![different]}" and "${second![different] ?? ""}"`;
}
