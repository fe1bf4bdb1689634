/**
 * Starts a program of mammoeval with the least permissions that its settings and arguments need.
 *
 * Usage: launch.ts serve <gateway|ingestion|inference|scoring>
 *        launch.ts evaluate|score|demo|token|convert|check_model|new_model [arguments]
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readSettings, type Settings } from "../shared/settings.ts";
import { COMMAND_NAMES, commandNeeds } from "./command_needs.ts";
import { findPrograms, permissionFlags, together } from "./permissions.ts";
import { type ServiceNeeds, serviceNeeds, SERVICES } from "./service_needs.ts";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../..");

async function commandLine(args: readonly string[], settings: Settings): Promise<string[]> {
  const [command = "", ...rest] = args;
  if (command === "serve") return await serveCommand(rest[0] ?? "", settings);
  const needs = commandNeeds(command, rest, settings);
  if (needs === null) {
    throw new RangeError(
      `Cannot start ${command || "nothing"}: use serve, ${COMMAND_NAMES.join(", ")}`,
    );
  }
  // A command uses the running service that the variable names, or runs services in its process.
  const url = Deno.env.get("MAMMOEVAL_URL");
  const flags = await flagsFor(needs, url ? [new URL(url).host] : []);
  return ["run", "--quiet", ...flags, resolve(PROJECT, "cli", `${command}.ts`), ...rest];
}

async function serveCommand(name: string, settings: Settings): Promise<string[]> {
  const service = SERVICES.find((known) => known === name);
  if (service === undefined) {
    throw new RangeError(`Cannot serve ${name || "nothing"}: use ${SERVICES.join(", ")}`);
  }
  const { host, port } = settings;
  const flags = await flagsFor(serviceNeeds(service, settings), [`${host}:${port}`]);
  const place = ["--host", host, "--port", String(port)];
  return ["serve", "--quiet", ...flags, ...place, resolve(PROJECT, "services", service, "main.ts")];
}

/** Where a service starts programs, it also starts Deno, for the model that needs no container. */
async function flagsFor(needs: ServiceNeeds, net: readonly string[]): Promise<string[]> {
  const { programs, hidden, ...folders } = needs;
  const run = programs.length === 0
    ? []
    : [...await findPrograms(programs, Deno.env.get("PATH") ?? ""), Deno.execPath()];
  return permissionFlags(PROJECT, together(folders, { net, run }), hidden);
}

/** Runs a program in place of this one: its output is ours, our signals are its. */
async function become(args: string[]): Promise<never> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    // Plots look the same everywhere: only the font that comes with the project is used.
    env: { DISABLE_SYSTEM_FONTS_LOAD: "1" },
  }).spawn();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      // From a terminal both get SIGINT already; a second one does no harm.
      try {
        child.kill(signal);
      } catch {
        // It has ended in between.
      }
    });
  }
  Deno.exit((await child.status).code);
}

try {
  const settings = readSettings((name) => Deno.env.get(name), PROJECT);
  await become(await commandLine(Deno.args, settings));
} catch (error) {
  Deno.stderr.writeSync(
    new TextEncoder().encode(`${error instanceof Error ? error.message : error}\n`),
  );
  Deno.exit(2);
}
