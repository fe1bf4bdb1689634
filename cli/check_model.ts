import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { assembleGateway } from "../services/gateway/assemble.ts";
import type { DatasetRecord } from "../shared/contracts/datasets.ts";
import type { CheckFinding, ModelCheck } from "../shared/contracts/models.ts";
import { readSettings } from "../shared/settings.ts";
import { call, post } from "./api.ts";
import { EXIT } from "./command_line/mod.ts";
import { CHECK_MODEL, type CheckModelArguments } from "./commands/check_model.ts";
import type { Console } from "./console.ts";
import { Failure } from "./failure.ts";
import { type Outcome, runCommand } from "./run_command.ts";
import { accessService, quietLog, type ServiceAccess } from "./service_access.ts";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../..");
/** Dataset that the sample data is registered as. */
const SAMPLE = "sample_data";
/** How long one request waits for something to happen, in seconds. */
const WAIT_S = 1;

/**
 * Runs the contribution check of a folder and prints what comes of it.
 *
 * @param model name of the model
 * @param service where
 * @param console for the report
 * @returns the check
 * @throws {Failure} when it could not be made
 */
export async function checkModelFolder(
  model: string,
  service: ServiceAccess,
  console: Console,
): Promise<Outcome> {
  await provideSampleData(service);
  const path = `/v1/models/${model}/check`;
  let check: ModelCheck = await (await post(service, path, { dataset: SAMPLE })).json();
  let printed = 0;
  while (true) {
    for (const finding of check.findings.slice(printed)) printFinding(finding, console);
    printed = check.findings.length;
    if (check.finished_at !== null) break;
    console.progress(`${model}: ${check.findings.at(-1)?.check ?? "files"} is done, going on`);
    await new Promise((resolve) => setTimeout(resolve, WAIT_S * 1000));
    check = await (await call(service, path)).json();
  }
  console.result(`${model} ${check.status}: ${summary(check.findings)}`);
  return { exitCode: check.status === "passed" ? EXIT.done : EXIT.failed, document: check };
}

async function provideSampleData(service: ServiceAccess): Promise<void> {
  const there = await service.fetch(new Request(`${service.url}/v1/datasets/${SAMPLE}`));
  await there.body?.cancel();
  if (there.ok) return;
  const body = {
    name: SAMPLE,
    images: join(PROJECT, "sample_data/images"),
    data_list: join(PROJECT, "sample_data/data.pkl"),
  };
  const dataset: DatasetRecord =
    await (await post(service, "/v1/datasets", body, { prefer: "wait=120" })).json();
  if (dataset.status !== "ready") {
    throw new Failure(
      "dataset_not_ready",
      `The sample data could not be registered: ${dataset.status}`,
      { faults: dataset.errors, faultsTotal: dataset.errors_total },
    );
  }
}

/** Width of the column of results, and of what was looked at. */
const COLUMNS = [9, 18] as const;

const STYLES = { passed: "green", failed: "red", skipped: "yellow", advice: "yellow" } as const;

function printFinding({ check, result, message, details }: CheckFinding, console: Console): void {
  const mark = console.paint(STYLES[result], result.padEnd(COLUMNS[0]));
  console.result(`${mark}${check.padEnd(COLUMNS[1])}${message}`);
  for (const detail of details) console.result(`${" ".repeat(COLUMNS[0] + COLUMNS[1])}- ${detail}`);
}

function summary(findings: readonly CheckFinding[]): string {
  return (["passed", "failed", "skipped", "advice"] as const)
    .map((result) => [findings.filter((finding) => finding.result === result).length, result])
    .filter(([count]) => count !== 0)
    .map(([count, result]) => `${count} ${result}`)
    .join(", ");
}

async function checkModel(
  { model, root }: CheckModelArguments,
  console: Console,
): Promise<Outcome> {
  const read = (name: string): string | undefined => Deno.env.get(name);
  const settings = readSettings(read, Deno.cwd());
  // The folder that was named is meant, also where another of its name is known.
  const modelRoots = [root, ...settings.modelRoots];
  const dataRoots = [...settings.dataRoots, join(PROJECT, "sample_data")];
  const service = await accessService(
    read,
    () => assembleGateway({ ...settings, modelRoots, dataRoots }, quietLog),
  );
  try {
    return await checkModelFolder(model, service, console);
  } finally {
    await service.stop();
  }
}

if (import.meta.main) await runCommand(CHECK_MODEL, checkModel);
