import { join, resolve } from "node:path";
import { SLUG_PATTERN } from "../shared/contracts/common.ts";

/** Which model folder to make. */
export interface NewModelArguments {
  readonly name: string;
  /** Absolute path of the folder to be made. */
  readonly folder: string;
}

/**
 * Reads `new-model <name> [<where>]`.
 *
 * @param args what stands behind the command
 * @param models folder of the project's models, for the default
 * @throws {RangeError} saying how it is called
 */
export function readNewModelArguments(args: readonly string[], models: string): NewModelArguments {
  const [name, where = models, ...rest] = args;
  if (name === undefined || rest.length > 0) {
    throw new RangeError(
      "Cannot make a model: use deno task new-model <name> [<folder of models>]",
    );
  }
  if (!SLUG_PATTERN.test(name)) {
    throw new RangeError(
      `Cannot make a model ${
        JSON.stringify(name)
      }: a name has 1 to 64 letters, digits, dots, dashes or underscores`,
    );
  }
  return { name, folder: join(resolve(where), name) };
}
