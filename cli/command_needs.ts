import { dirname, join } from "node:path";
import type { Settings } from "../shared/settings.ts";
import { volumeLayout } from "../shared/volume/mod.ts";
import { readCheckModelArguments } from "./check_model_arguments.ts";
import { readConvertArguments } from "./convert_arguments.ts";
import { readEvaluateArguments } from "./evaluate_arguments.ts";
import { readNewModelArguments } from "./new_model_arguments.ts";
import { readScoreArguments } from "./score_arguments.ts";
import { type ServiceNeeds, serviceNeeds } from "./service_needs.ts";
import { readTokenArguments } from "./token_arguments.ts";

/** What a command needs for its own. */
type OwnNeeds = Pick<ServiceNeeds, "read" | "write">;

const NOTHING: ServiceNeeds = { read: [], write: [], hidden: [], net: [], programs: [] };

/** From its arguments, what each command needs; a wrong argument is said before anything starts. */
const COMMANDS: Readonly<
  Record<string, (args: readonly string[], settings: Settings) => ServiceNeeds>
> = {
  evaluate(args, settings): ServiceNeeds {
    const { images, dataList, preprocessed, results } = readEvaluateArguments(args);
    return withOwn(serviceNeeds("gateway", settings), {
      read: [images, dirname(dataList)],
      write: [preprocessed, results],
    });
  },
  score(args, settings): ServiceNeeds {
    const { dataList, predictions } = readScoreArguments(args);
    return withOwn(serviceNeeds("scoring", settings), {
      read: [dataList],
      write: [dirname(predictions)],
    });
  },
  demo(_, settings): ServiceNeeds {
    const write = [join(settings.home, "demo")];
    return withOwn(serviceNeeds("gateway", settings), { read: [], write });
  },
  token(args, settings): ServiceNeeds {
    readTokenArguments(args);
    return withOwn(NOTHING, { read: [], write: [dirname(volumeLayout(settings.home).tokens)] });
  },
  convert(args): ServiceNeeds {
    const parsed = readConvertArguments(args);
    if (parsed.kind === "help") return NOTHING;
    const folder = dirname(parsed.to.path);
    return withOwn(NOTHING, { read: [parsed.from.path], write: [folder] });
  },
  check_model(args, settings): ServiceNeeds {
    const { root } = readCheckModelArguments(args);
    return withOwn(serviceNeeds("gateway", settings), { read: [root], write: [] });
  },
  new_model(args, settings): ServiceNeeds {
    const { folder } = readNewModelArguments(args, settings.modelRoots[0]!);
    return withOwn(NOTHING, { read: [], write: [dirname(folder)] });
  },
};

/** Names of all commands, as `cli/launch.ts` takes them. */
export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/**
 * @param command one of {@link COMMAND_NAMES}
 * @param args what stands behind it
 * @param settings where everything lies
 * @returns what it needs, or null when there is no such command
 * @throws {SyntaxError | RangeError} saying how it is called
 */
export function commandNeeds(
  command: string,
  args: readonly string[],
  settings: Settings,
): ServiceNeeds | null {
  return Object.hasOwn(COMMANDS, command) ? COMMANDS[command]!(args, settings) : null;
}

function withOwn(needs: ServiceNeeds, { read, write }: OwnNeeds): ServiceNeeds {
  return { ...needs, read: [...needs.read, ...read], write: [...needs.write, ...write] };
}
