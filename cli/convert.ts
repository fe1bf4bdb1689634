import { convertDataList, type Difference } from "../shared/format/mod.ts";
import { DATA_LIST_BYTES_MAX } from "../shared/limits.ts";
import { writeFileAtomic } from "../shared/volume/mod.ts";
import { EXIT } from "./command_line/mod.ts";
import { CONVERT, type ConvertArguments, type ConvertFile } from "./commands/convert.ts";
import type { Console } from "./console.ts";
import { type Outcome, runCommand } from "./run_command.ts";

/** Most differences printed; the rest is counted. */
const DIFFERENCES_PRINTED_MAX = 20;

/** @throws {Error} if a file cannot be read or written */
export async function convert(args: ConvertArguments, console: Console): Promise<Outcome> {
  const { from, to, force } = args;
  if (!force && await isThere(to.path)) {
    throw new RangeError(`${to.path} is there already: add --force to replace it`);
  }
  const { bytes, exams, differences } = convertDataList(
    await readBounded(from),
    from.format,
    to.format,
  );
  await writeFileAtomic(to.path, bytes);
  console.result(`${to.path}: ${exams} exams`);
  tell(differences, console);
  return {
    exitCode: differences.some(({ isLoss }) => isLoss) ? EXIT.lossy : EXIT.done,
    document: { file: to.path, exams, differences: differences.map(documentOf) },
  };
}

function documentOf({ isLoss, field, exam, exams, change }: Difference): Record<string, unknown> {
  return { is_loss: isLoss, field, change, first_exam: exam, exams };
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

function tell(differences: readonly Difference[], console: Console): void {
  const sorted = differences.toSorted((a, b) => Number(b.isLoss) - Number(a.isLoss));
  for (const { isLoss, field, exam, exams, change } of sorted.slice(0, DIFFERENCES_PRINTED_MAX)) {
    const where = exams === 1 ? `exam ${exam}` : `${exams} exams, first exam ${exam}`;
    const line = `${isLoss ? "loss" : "note"}: ${field || "the exam"}: ${change} (${where})`;
    if (isLoss) console.complaint(line);
    else console.note(line);
  }
  const more = sorted.length - DIFFERENCES_PRINTED_MAX;
  if (more > 0) console.note(`and ${more} more`);
}

if (import.meta.main) await runCommand(CONVERT, convert);
