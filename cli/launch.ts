/**
 * Starts a program of mammoeval with the least permissions that its settings and arguments need.
 *
 * Usage: launch.ts serve <gateway|ingestion|inference|scoring>
 *        launch.ts evaluate|score|demo|token|convert|check_model|new_model [arguments]
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readSettings, type Settings } from "../shared/settings.ts";
import { readConvertArguments } from "./convert_arguments.ts";
import { readCheckModelArguments } from "./check_model_arguments.ts";
import { readEvaluateArguments } from "./evaluate_arguments.ts";
import { findPrograms, permissionFlags, type ProgramNeeds } from "./permissions.ts";
import { readNewModelArguments } from "./new_model_arguments.ts";
import { readScoreArguments } from "./score_arguments.ts";
import { readTokenArguments } from "./token_arguments.ts";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../..");
const ROLES = ["gateway", "ingestion", "inference", "scoring"];
/** What inference starts: the engine's client, and to see which GPUs there are. */
const ENGINE_PROGRAMS = ["docker", "nvidia-smi"];
/** What it starts besides where a cluster runs the models. */
const CLUSTER_PROGRAMS = ["sbatch", "squeue", "scancel", "sacct"];

async function commandLine(args: readonly string[], settings: Settings): Promise<string[]> {
  const [command, ...rest] = args;
  if (command === "serve") return await serveCommand(rest[0] ?? "", settings);
  if (command === "evaluate") {
    const { images, dataList, preprocessed, results } = readEvaluateArguments(rest);
    return await programCommand("evaluate", rest, settings, {
      read: [images, dirname(dataList)],
      write: [preprocessed, results],
    });
  }
  if (command === "score") {
    const { dataList, predictions } = readScoreArguments(rest);
    return await programCommand("score", rest, settings, {
      read: [dataList],
      write: [dirname(predictions)],
    });
  }
  if (command === "demo") {
    return await programCommand("demo", rest, settings, { read: [], write: [] });
  }
  if (command === "token") {
    readTokenArguments(rest);
    return await programCommand("token", rest, settings, { read: [], write: [] });
  }
  if (command === "convert") return convertCommand(rest);
  if (command === "check_model") {
    const { root } = readCheckModelArguments(rest);
    return await programCommand("check_model", rest, settings, { read: [root], write: [] });
  }
  if (command === "new_model") {
    const { folder } = readNewModelArguments(rest, resolve(PROJECT, "models"));
    const write = [dirname(folder)];
    return await programCommand("new_model", rest, settings, { read: [], write });
  }
  throw new RangeError(
    `Cannot start ${command ?? "nothing"}: use serve, evaluate, score, demo, token, convert, ` +
      "check_model or new_model",
  );
}

/** A converter reads one file and writes one: it needs no more than that. */
function convertCommand(args: readonly string[]): string[] {
  const parsed = readConvertArguments(args);
  const folder = parsed.kind === "help" ? null : dirname(parsed.to.path);
  const flags = parsed.kind === "help"
    ? []
    : [`--allow-read=${PROJECT},${parsed.from.path},${folder}`, `--allow-write=${folder}`];
  return ["run", "--quiet", "--no-prompt", ...flags, resolve(PROJECT, "cli/convert.ts"), ...args];
}

async function serveCommand(role: string, settings: Settings): Promise<string[]> {
  if (!ROLES.includes(role)) {
    throw new RangeError(`Cannot serve ${role || "nothing"}: use ${ROLES.join(", ")}`);
  }
  const flags = permissionFlags(PROJECT, settings, {
    read: [],
    write: [],
    net: [
      `${settings.host}:${settings.port}`,
      ...upstreamHosts(settings),
      ...settings.webhookHosts,
    ],
    run: await programs(
      role === "inference" || (role === "gateway" && settings.inferenceUrl === null),
      settings,
    ),
  });
  const place = ["--host", settings.host, "--port", String(settings.port)];
  return ["serve", "--quiet", ...flags, ...place, resolve(PROJECT, "services", role, "main.ts")];
}

async function programCommand(
  name: string,
  args: readonly string[],
  settings: Settings,
  paths: Pick<ProgramNeeds, "read" | "write">,
): Promise<string[]> {
  const url = Deno.env.get("MAMMOEVAL_URL");
  const net = url ? [new URL(url).host] : [];
  const flags = permissionFlags(PROJECT, settings, {
    ...paths,
    net,
    run: await programs(["evaluate", "demo", "check_model"].includes(name), settings),
  });
  return ["run", "--quiet", ...flags, resolve(PROJECT, "cli", `${name}.ts`), ...args];
}

async function programs(needed: boolean, { executor }: Settings): Promise<string[]> {
  if (!needed) return [];
  const names = executor === "slurm" ? [...ENGINE_PROGRAMS, ...CLUSTER_PROGRAMS] : ENGINE_PROGRAMS;
  return [...await findPrograms(names, Deno.env.get("PATH") ?? ""), Deno.execPath()];
}

function upstreamHosts(settings: Settings): string[] {
  const urls = [settings.ingestionUrl, settings.inferenceUrl, settings.scoringUrl].filter((url) =>
    url !== null
  );
  return urls.map((url) => new URL(url).host);
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
