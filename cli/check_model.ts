import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { assembleGateway } from "../services/gateway/assemble.ts";
import type { DatasetRecord } from "../shared/contracts/datasets.ts";
import type { CheckFinding, ModelCheck } from "../shared/contracts/models.ts";
import { readSettings } from "../shared/settings.ts";
import { ApiError, call, post } from "./api.ts";
import { readCheckModelArguments } from "./check_model_arguments.ts";
import { type Console, createConsole } from "./console.ts";
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
 * @returns the exit code: 0 when nothing failed
 */
export async function checkModelFolder(
  model: string,
  service: ServiceAccess,
  console: Console,
): Promise<number> {
  try {
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
    return check.status === "passed" ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    console.complaint(error.message);
    return 1;
  }
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
    throw new ApiError(`The sample data could not be registered: ${dataset.status}`, [], 0);
  }
}

/** Width of the column of results, and of what was looked at. */
const COLUMNS = [9, 18] as const;

function printFinding({ check, result, message, details }: CheckFinding, console: Console): void {
  console.result(`${result.padEnd(COLUMNS[0])}${check.padEnd(COLUMNS[1])}${message}`);
  for (const detail of details) console.result(`${" ".repeat(COLUMNS[0] + COLUMNS[1])}- ${detail}`);
}

function summary(findings: readonly CheckFinding[]): string {
  return (["passed", "failed", "skipped", "advice"] as const)
    .map((result) => [findings.filter((finding) => finding.result === result).length, result])
    .filter(([count]) => count !== 0)
    .map(([count, result]) => `${count} ${result}`)
    .join(", ");
}

async function main(): Promise<number> {
  const { model, root } = readCheckModelArguments(Deno.args);
  const console = createConsole(Deno.stderr.isTerminal());
  const read = (name: string): string | undefined => Deno.env.get(name);
  try {
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
  } catch (error) {
    console.complaint(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
