/**
 * Starts a program of mammoeval with the least permissions that its settings and arguments need.
 * Usage: launch.ts serve <gateway, ingestion, inference or scoring>, or launch.ts <command> [arguments]
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { addressToOpen, readSettings } from "../shared/settings.ts";
import { COMMANDS, PROGRAMS } from "./command_needs.ts";
import {
  type Command,
  commandHelp,
  didYouMean,
  EXIT,
  overview,
  parseCommandLine,
  UsageError,
} from "./command_line/mod.ts";
import { DOCTOR } from "./commands/doctor.ts";
import { HELP } from "./commands/help.ts";
import { readServiceName, SERVE } from "./commands/serve.ts";
import { openConsole } from "./console.ts";
import { asFailure, Failure, tellFailure } from "./failure.ts";
import { findPrograms, permissionFlags, together } from "./permissions.ts";
import { versionText, wantsJson } from "./run_command.ts";
import { readServiceUrl } from "./service_access.ts";
import { type ServiceNeeds, serviceNeeds } from "./service_needs.ts";
import { unknownSettings } from "./setting_names.ts";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../..");

/** Collects garbage early, which halves the memory under load for a few percent of processor time. */
const SERVICE_ENGINE_FLAGS = "--v8-flags=--max-semi-space-size=8,--heap-growing-percent=50";

/** Plots use only the project's font everywhere. malloc keeps two arenas instead of eight per core. */
const LIBRARY_ENVIRONMENT = { DISABLE_SYSTEM_FONTS_LOAD: "1", MALLOC_ARENA_MAX: "2" };

const environment = (name: string): string | undefined => Deno.env.get(name);

/** What to do: replace this program by another, or print something. */
type Answer = { readonly become: string[] } | { readonly print: string };

async function answer([name = "", ...rest]: readonly string[]): Promise<Answer> {
  if (name === "--version") return { print: versionText() };
  if (name === "serve") return await serve(rest);
  if (name === HELP.name || name === "--help" || name === "-h") return help(rest);
  const program = PROGRAMS.get(name);
  if (program === undefined) throw noCommand(name);
  const prepared = program.prepare(rest);
  if (typeof prepared === "string") return shown(program.command, prepared);
  checkNames();
  // A command uses the running service in MAMMOEVAL_URL, or runs services in its own process.
  const url = orWrongSetting(() => readServiceUrl(environment));
  const settings = orWrongSetting(() => readSettings(environment, PROJECT));
  const needs = prepared(settings, url !== null);
  const asked = url ?? (name === DOCTOR.name ? addressToOpen(settings) : null);
  const flags = await flagsFor(needs, asked === null ? [] : [new URL(asked).host]);
  const file = `${name.replaceAll("-", "_")}.ts`;
  return { become: ["run", "--quiet", ...flags, resolve(PROJECT, "cli", file), ...rest] };
}

function help(args: readonly string[]): Answer {
  const line = parseCommandLine(HELP, args);
  if (line.kind !== "run") return shown(HELP, line.kind);
  if (line.args === null) return { print: overview(COMMANDS) };
  const command = COMMANDS.find(({ name }) => name === line.args);
  if (command === undefined) throw noCommand(line.args);
  return { print: commandHelp(command) };
}

function shown(command: Command<unknown>, what: "help" | "version"): Answer {
  return { print: what === "help" ? commandHelp(command) : versionText() };
}

function noCommand(name: string): UsageError {
  const names = COMMANDS.map((command) => command.name);
  return new UsageError(
    name === ""
      ? "Cannot start nothing: name a command"
      : `Cannot start ${name}: there is no such command${didYouMean(name, names)}`,
    ["deno task help lists all of them"],
  );
}

/** The first word names the service, as in the image's containers. */
async function serve([name = "", ...rest]: readonly string[]): Promise<Answer> {
  const line = parseCommandLine(SERVE, rest);
  if (line.kind !== "run") return shown(SERVE, line.kind);
  checkNames();
  const service = orWrongSetting(() => readServiceName(name));
  const settings = orWrongSetting(() => readSettings(environment, PROJECT));
  const { host, port } = settings;
  const flags = await flagsFor(serviceNeeds(service, settings), [`${host}:${port}`]);
  const place = ["--host", host, "--port", String(port)];
  const main = resolve(PROJECT, "services", service, "main.ts");
  const json = line.json ? ["--json"] : [];
  return { become: ["serve", "--quiet", SERVICE_ENGINE_FLAGS, ...flags, ...place, main, ...json] };
}

/** Rejects misspelt settings and warns about unknown ones. */
function checkNames(): void {
  const unknown = orWrongSetting(() => unknownSettings(Object.keys(Deno.env.toObject())));
  if (unknown.length === 0) return;
  openConsole(false).note(`${unknown.join(", ")}: no setting of mammoeval, see docs/settings.md`);
}

/** Invalid settings are usage errors, like invalid arguments. */
function orWrongSetting<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new Failure("setting", error instanceof Error ? error.message : String(error), {
      exitCode: EXIT.usage,
    });
  }
}

/** A service that starts programs also starts Deno, for the model that needs no container. */
async function flagsFor(needs: ServiceNeeds, net: readonly string[]): Promise<string[]> {
  const { programs, hidden, ...folders } = needs;
  const run = programs.length === 0
    ? []
    : [...await findPrograms(programs, environment("PATH") ?? ""), Deno.execPath()];
  return permissionFlags(PROJECT, together(folders, { net, run }), hidden);
}

/** Runs a program in place of this one: it inherits the streams, and signals are forwarded to it. */
async function become(args: string[]): Promise<never> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    env: LIBRARY_ENVIRONMENT,
  }).spawn();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      // From a terminal both get SIGINT already; a second one is harmless.
      try {
        child.kill(signal);
      } catch {
        // It has just ended.
      }
    });
  }
  Deno.exit((await child.status).code);
}

const args = Deno.args;
const json = wantsJson(args);
try {
  const what = await answer(args);
  if ("become" in what) await become(what.become);
  else openConsole(false).result(what.print);
} catch (error) {
  const failure = asFailure(error);
  tellFailure(failure, openConsole(json), json);
  // Nothing has started yet, so every error is a usage error.
  Deno.exit(EXIT.usage);
}
