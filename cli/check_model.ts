import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ProblemError, type Site } from "../client/mod.ts";
import { assembleGateway } from "../services/gateway/assemble.ts";
import type { CheckFinding } from "../shared/contracts/models.ts";
import { readSettings } from "../shared/settings.ts";
import { EXIT } from "./command_line/mod.ts";
import { CHECK_MODEL, type CheckModelArguments } from "./commands/check_model.ts";
import type { Console } from "./console.ts";
import { Failure } from "./failure.ts";
import { type Outcome, runCommand } from "./run_command.ts";
import { accessService, quietLog } from "./service_access.ts";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../..");
const SAMPLE = "sample_data";
const WAIT_S = 1;

/**
 * @param shards whether a run in parts is compared too
 * @throws {Failure} if the check could not run
 */
export async function checkModelFolder(
  model: string,
  site: Site,
  console: Console,
  shards = false,
): Promise<Outcome> {
  await provideSampleData(site);
  let check = await site.models.check(model, { dataset: SAMPLE, shards });
  let printed = 0;
  while (true) {
    for (const finding of check.findings.slice(printed)) printFinding(finding, console);
    printed = check.findings.length;
    if (check.finished_at !== null) break;
    console.progress(`${model}: ${check.findings.at(-1)?.check ?? "files"} is done, going on`);
    await new Promise((resolve) => setTimeout(resolve, WAIT_S * 1000));
    check = await site.models.latestCheck(model);
  }
  console.result(`${model} ${check.status}: ${summary(check.findings)}`);
  return { exitCode: check.status === "passed" ? EXIT.done : EXIT.failed, document: check };
}

async function provideSampleData(site: Site): Promise<void> {
  if (await isThere(site)) return;
  const request = {
    name: SAMPLE,
    images: join(PROJECT, "sample_data/images"),
    data_list: join(PROJECT, "sample_data/data.pkl"),
  };
  const dataset = await site.datasets.register(request, { waitSeconds: 120 });
  if (dataset.status !== "ready") {
    throw new Failure(
      "dataset_not_ready",
      `The sample data could not be registered: ${dataset.status}`,
      { faults: dataset.errors, faultsTotal: dataset.errors_total },
    );
  }
}

async function isThere(site: Site): Promise<boolean> {
  try {
    await site.datasets.get(SAMPLE);
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.type === "not_found") return false;
    throw error;
  }
}

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
  { model, root, shards }: CheckModelArguments,
  console: Console,
): Promise<Outcome> {
  const read = (name: string): string | undefined => Deno.env.get(name);
  const settings = readSettings(read, Deno.cwd());
  // The named folder takes precedence over others with the same model name.
  const modelRoots = [root, ...settings.modelRoots];
  const dataRoots = [...settings.dataRoots, join(PROJECT, "sample_data")];
  const service = await accessService(
    read,
    () => assembleGateway({ ...settings, modelRoots, dataRoots }, quietLog),
  );
  try {
    return await checkModelFolder(model, service.site, console, shards);
  } finally {
    await service.stop();
  }
}

if (import.meta.main) await runCommand(CHECK_MODEL, checkModel);
