import { assembleGateway } from "../services/gateway/assemble.ts";
import { addressToOpen, readSettings, type Settings } from "../shared/settings.ts";
import { EXIT } from "./command_line/mod.ts";
import { DOCTOR } from "./commands/doctor.ts";
import type { Console } from "./console.ts";
import { asFailure } from "./failure.ts";
import { type Finding, readDiagnosis } from "./read_diagnosis.ts";
import { type Outcome, runCommand } from "./run_command.ts";
import { accessService, quietLog, readServiceUrl, type ServiceAccess } from "./service_access.ts";

const COLUMNS = [8, 12] as const;
const STYLES = { ok: "green", note: "yellow", broken: "red" } as const;

/** Prints the findings; the exit code is 1 if something required is broken. */
export function tellFindings(findings: readonly Finding[], console: Console): Outcome {
  for (const { result, check, message, advice } of findings) {
    const word = (result === "broken" ? "BROKEN" : result).padEnd(COLUMNS[0]);
    console.result(`${console.paint(STYLES[result], word)}${check.padEnd(COLUMNS[1])}${message}`);
    if (advice !== null) console.result(`${" ".repeat(COLUMNS[0] + COLUMNS[1])}-> ${advice}`);
  }
  const broken = findings.filter(({ result }) => result === "broken").length;
  console.result(
    broken === 0
      ? "Evaluations can run here."
      : `${broken} to put right before evaluations can run.`,
  );
  return {
    exitCode: broken === 0 ? EXIT.done : EXIT.failed,
    document: { ok: broken === 0, checks: findings },
  };
}

async function doctor(_: null, console: Console): Promise<Outcome> {
  const settings = readSettings(environment, Deno.cwd());
  const url = readServiceUrl(environment) ?? await runningService(settings);
  const where = url === null ? "in this process" : `at ${url}`;
  let service: ServiceAccess | null = null;
  try {
    service = await accessService(
      (name) => name === "MAMMOEVAL_URL" ? url ?? undefined : environment(name),
      () => assembleGateway(settings, quietLog),
    );
    const { reasons } = await service.site.readiness();
    const diagnosis = await service.site.doctor();
    return tellFindings(readDiagnosis(diagnosis, { where, reasons, now: new Date() }), console);
  } catch (error) {
    const { message, type } = asFailure(error);
    // Nobody configured this service; that it requires a token is no fault of the machine.
    const isFound = type === "unauthorized" && readServiceUrl(environment) === null;
    return tellFindings(
      [{
        result: isFound ? "note" : "broken",
        check: "service",
        message: isFound ? `mammoeval runs ${where}. ${message}` : message,
        advice: adviceOn(type),
      }],
      console,
    );
  } finally {
    await service?.stop();
  }
}

const environment = (name: string): string | undefined => Deno.env.get(name);

/** Timeout of the request to a service that may already run, in milliseconds. */
const FOUND_MS = 3000;

/** Returns the URL of a mammoeval that already runs at the configured address, since two cannot open one volume. */
async function runningService(settings: Settings): Promise<string | null> {
  const url = addressToOpen(settings);
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(FOUND_MS) });
    return (await answer.json()).status === "ok" ? url : null;
  } catch {
    return null;
  }
}

/** Advice for errors of the connection. */
function adviceOn(type: string): string | null {
  switch (type) {
    case "no_answer":
    case "no_mammoeval":
      return "is it running, and is MAMMOEVAL_URL its address? deno task start starts one here";
    case "unauthorized":
      return "set MAMMOEVAL_TOKEN to a token of this service; deno task token create makes one";
    case "upstream_unavailable":
      return "start the service behind the gateway that is named; its log says why it ended";
    default:
      return null;
  }
}

if (import.meta.main) await runCommand(DOCTOR, doctor);
