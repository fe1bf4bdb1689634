import { type Conversion, convertDataList, type Difference } from "../shared/format/mod.ts";
import { DATA_LIST_BYTES_MAX } from "../shared/limits.ts";
import { writeFileAtomic } from "../shared/volume/mod.ts";
import { type Console, createConsole } from "./console.ts";
import {
  CONVERT_USAGE,
  type ConvertArguments,
  type ConvertFile,
  readConvertArguments,
} from "./convert_arguments.ts";

/** Differences that are printed; the rest are counted. */
const DIFFERENCES_PRINTED_MAX = 20;

/**
 * Converts a data list.
 *
 * @param args what to do
 * @param console where to tell what was done and what was not kept
 * @returns the exit code, as the usage has it
 */
export async function convert(args: ConvertArguments, console: Console): Promise<number> {
  if (args.kind === "help") {
    console.result(CONVERT_USAGE);
    return 0;
  }
  const { from, to, force } = args;
  let conversion: Conversion;
  try {
    if (!force && await isThere(to.path)) {
      throw new RangeError(`${to.path} is there already: add --force to replace it`);
    }
    conversion = convertDataList(await readBounded(from), from.format, to.format);
    await writeFileAtomic(to.path, conversion.bytes);
  } catch (error) {
    console.complaint(error instanceof Error ? error.message : String(error));
    return 1;
  }
  const { exams, differences } = conversion;
  console.result(`${to.path}: ${exams} exams`);
  tell(differences, console);
  return differences.some(({ isLoss }) => isLoss) ? 3 : 0;
}

async function readBounded({ path }: ConvertFile): Promise<Uint8Array> {
  const { size } = await Deno.stat(path);
  if (size > DATA_LIST_BYTES_MAX) {
    throw new RangeError(`${path} has ${size} bytes, at most ${DATA_LIST_BYTES_MAX} are read`);
  }
  return await Deno.readFile(path);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}

/** Losses first: they are what somebody must look at. */
function tell(differences: readonly Difference[], console: Console): void {
  const sorted = differences.toSorted((a, b) => Number(b.isLoss) - Number(a.isLoss));
  for (const { isLoss, field, exam, exams, change } of sorted.slice(0, DIFFERENCES_PRINTED_MAX)) {
    const where = exams === 1 ? `exam ${exam}` : `${exams} exams, first exam ${exam}`;
    console.complaint(`${isLoss ? "loss" : "note"}: ${field || "the exam"}: ${change} (${where})`);
  }
  const more = sorted.length - DIFFERENCES_PRINTED_MAX;
  if (more > 0) console.complaint(`and ${more} more`);
}

if (import.meta.main) {
  const console = createConsole(Deno.stderr.isTerminal());
  try {
    Deno.exit(await convert(readConvertArguments(Deno.args), console));
  } catch (error) {
    console.complaint(error instanceof Error ? error.message : String(error));
    Deno.exit(2);
  }
}
