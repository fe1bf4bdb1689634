import { dirname, join } from "node:path";
import type { Settings } from "../shared/settings.ts";
import { volumeLayout } from "../shared/volume/mod.ts";
import { type Command, parseCommandLine } from "./command_line/mod.ts";
import { CHECK_MODEL } from "./commands/check_model.ts";
import { CONVERT } from "./commands/convert.ts";
import { DEMO } from "./commands/demo.ts";
import { DOCTOR } from "./commands/doctor.ts";
import { EVALUATE } from "./commands/evaluate.ts";
import { HELP } from "./commands/help.ts";
import { IMAGE } from "./commands/image.ts";
import { NEW_MODEL } from "./commands/new_model.ts";
import { REBUILD_LEDGER } from "./commands/rebuild_ledger.ts";
import { REPRODUCE } from "./commands/reproduce.ts";
import { SCORE } from "./commands/score.ts";
import { SERVE } from "./commands/serve.ts";
import { SIMULATE } from "./commands/simulate.ts";
import { TOKEN } from "./commands/token.ts";
import { type ServiceName, type ServiceNeeds, serviceNeeds } from "./service_needs.ts";

type OwnNeeds = Pick<ServiceNeeds, "read" | "write">;

/** A command that runs as its own program, with the permissions that it needs. */
export interface Program {
  readonly command: Command<unknown>;
  /** @throws {UsageError} with the usage */
  prepare(args: readonly string[]): "help" | "version" | Prepared;
}

export type Prepared = (settings: Settings, isRemote: boolean) => ServiceNeeds;

const NOTHING: ServiceNeeds = { read: [], write: [], hidden: [], net: [], programs: [] };

/** All commands that run as their own program, by name. */
export const PROGRAMS: ReadonlyMap<string, Program> = new Map([
  program(EVALUATE, (args, settings, isRemote) => {
    const { images, dataList, preprocessed, results } = args;
    return isRemote
      ? withOwn(NOTHING, { read: [], write: [results] })
      : withOwn(serviceNeeds("gateway", settings), {
        read: [images, dirname(dataList)],
        write: [preprocessed, results],
      });
  }),
  program(
    SCORE,
    ({ dataList, predictions }, settings, isRemote) =>
      withOwn(inProcess("scoring", settings, isRemote), {
        read: [dataList],
        write: [dirname(predictions)],
      }),
  ),
  program(
    SIMULATE,
    ({ of }, settings, isRemote) =>
      withOwn(inProcess("scoring", settings, isRemote), {
        read: "score" in of ? [] : [of.dataList, of.predictions],
        write: [],
      }),
  ),
  program(DEMO, (_, settings, isRemote) =>
    withOwn(inProcess("gateway", settings, isRemote), {
      read: [],
      write: [join(settings.home, "demo")],
    })),
  program(
    TOKEN,
    (_, settings) =>
      withOwn(NOTHING, { read: [], write: [dirname(volumeLayout(settings.home).tokens)] }),
  ),
  program(
    CONVERT,
    ({ from, to }) => withOwn(NOTHING, { read: [from.path], write: [dirname(to.path)] }),
  ),
  program(
    CHECK_MODEL,
    ({ root }, settings, isRemote) =>
      withOwn(inProcess("gateway", settings, isRemote), { read: [root], write: [] }),
  ),
  program(
    NEW_MODEL,
    ({ root }, settings) =>
      withOwn(NOTHING, { read: [], write: [root ?? settings.modelRoots.at(-1)!] }),
  ),
  program(REBUILD_LEDGER, (_, settings) => withOwn(NOTHING, { read: [], write: [settings.home] })),
  program(IMAGE, (asked, settings) => {
    const { read, write, programs } = serviceNeeds("inference", {
      ...settings,
      engine: "apptainer",
    });
    const own = asked.kind === "export"
      ? { read, write: [...write, asked.path] }
      : { read: [...read, asked.path], write };
    return { ...withOwn(NOTHING, own), programs };
  }),
  program(REPRODUCE, (_, settings) => {
    const needs = serviceNeeds("gateway", settings);
    const own = { read: [], write: [join(settings.home, "reproduce")] };
    return { ...withOwn(needs, own), programs: [...needs.programs, "git"] };
  }),
  program(DOCTOR, (_, settings, isRemote) => inProcess("gateway", settings, isRemote)),
].map((one) => [one.command.name, one]));

/** All commands of `deno task` that have a help. */
export const COMMANDS: readonly Command<unknown>[] = [
  SERVE,
  ...[...PROGRAMS.values()].map(({ command }) => command),
  HELP,
];

function program<Arguments>(
  command: Command<Arguments>,
  needs: (args: Arguments, settings: Settings, isRemote: boolean) => ServiceNeeds,
): Program {
  return {
    command,
    prepare(args): "help" | "version" | Prepared {
      const line = parseCommandLine(command, args);
      if (line.kind !== "run") return line.kind;
      return (settings, isRemote) => needs(line.args, settings, isRemote);
    },
  };
}

/** A command that uses a running service starts none itself. */
function inProcess(service: ServiceName, settings: Settings, isRemote: boolean): ServiceNeeds {
  return isRemote ? NOTHING : serviceNeeds(service, settings);
}

function withOwn(needs: ServiceNeeds, { read, write }: OwnNeeds): ServiceNeeds {
  return { ...needs, read: [...needs.read, ...read], write: [...needs.write, ...write] };
}
