import { basename, dirname, resolve } from "node:path";
import { SLUG_PATTERN } from "../shared/contracts/common.ts";

/** Which model folder to check. */
export interface CheckModelArguments {
  /** Absolute path. */
  readonly folder: string;
  /** Name of the model, that of its folder. */
  readonly model: string;
  /** Absolute folder that holds the model folder. */
  readonly root: string;
}

/**
 * Reads `check-model <folder>`.
 *
 * @param args what stands behind the command
 * @throws {RangeError} saying how it is called
 */
export function readCheckModelArguments(args: readonly string[]): CheckModelArguments {
  const [given, ...rest] = args;
  if (given === undefined || given === "" || rest.length > 0) {
    throw new RangeError(
      "Cannot check: use deno task check-model <model folder>, models/reference say",
    );
  }
  const folder = resolve(given);
  const model = basename(folder);
  if (!SLUG_PATTERN.test(model)) {
    throw new RangeError(
      `Cannot check ${folder}: a model folder's name has 1 to 64 letters, digits, dots, dashes or underscores`,
    );
  }
  return { folder, model, root: dirname(folder) };
}
