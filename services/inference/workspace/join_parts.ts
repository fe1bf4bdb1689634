import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { PREDICTIONS_BYTES_MAX } from "../../../shared/limits.ts";
import { readPlain } from "../../../shared/volume/mod.ts";

/** Folders below a part's folder that are searched for files. */
const DEPTH_MAX = 3;
/** Names of the column that counts the exams of a data list from 0. */
const COUNTING = new Set(["index", "Index", "exam_index"]);

/** The exams of one part: from the first, to before the last. */
export function boundsOf(count: number, parts: number, at: number): readonly [number, number] {
  return [Math.floor(at * count / parts), Math.floor((at + 1) * count / parts)];
}

/**
 * Joins tables of one name in the order of the parts, with their exams counted through; other files keep their name.
 * @param count exams of the whole run
 * @throws {RangeError} if a part lacks a table or a table has other columns
 */
export async function joinParts(
  folders: readonly string[],
  count: number,
  into: string,
): Promise<void> {
  const tables = new Map<string, (string | undefined)[]>();
  for (const [at, folder] of folders.entries()) {
    for await (const name of filesBelow(folder)) {
      const path = join(folder, name);
      if (name.endsWith(".csv")) {
        const texts = tables.get(name) ?? folders.map(() => undefined);
        const bytes = await readPlain(path, PREDICTIONS_BYTES_MAX);
        // latin1 keeps every byte.
        if (bytes !== null) texts[at] = Buffer.from(bytes).toString("latin1");
        tables.set(name, texts);
      } else {
        await Deno.mkdir(dirname(join(into, name)), { recursive: true });
        await Deno.rename(path, join(into, name));
      }
    }
  }
  for (const [name, texts] of tables) {
    const missing = texts.findIndex((text) => text === undefined || text.trim() === "");
    if (missing >= 0) throw new RangeError(`incomplete: part ${missing + 1} wrote no ${name}`);
    const firsts = texts.map((_, at) => boundsOf(count, texts.length, at)[0]);
    await Deno.mkdir(dirname(join(into, name)), { recursive: true });
    await Deno.writeFile(
      join(into, name),
      Buffer.from(joinTables(texts as string[], firsts), "latin1"),
    );
  }
}

/** Paths of plain files below a folder, relative to it; a container's links lead nowhere. */
async function* filesBelow(folder: string, below = "", depth = 0): AsyncGenerator<string> {
  for await (const { name, isFile, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = join(below, name);
    if (isFile) yield path;
    else if (isDirectory && depth < DEPTH_MAX) yield* filesBelow(folder, path, depth + 1);
  }
}

const BOM = "\u00ef\u00bb\u00bf"; // as latin1

function joinTables(texts: readonly string[], firsts: readonly number[]): string {
  const rows = texts.map((text, at) => (at === 0 ? text : text.replace(BOM, "")).trimEnd());
  const [header, ...others] = rows.map((text) => text.split("\n", 1)[0]!.trimEnd());
  const odd = others.findIndex((other) => other !== header!.replace(BOM, ""));
  if (odd >= 0) throw new RangeError(`divided: part ${odd + 2} has other columns than part 1`);
  const counting = header!.replace(BOM, "").split(",").findIndex((name) => COUNTING.has(name));
  const bodies = rows.map((text) => text.slice(text.split("\n", 1)[0]!.length + 1));
  const counted = counting < 0
    ? bodies
    : bodies.map((body, at) => countedFrom(body, counting, firsts[at]!));
  return [header, ...counted.filter((body) => body !== "")].join("\n") + "\n";
}

function countedFrom(body: string, column: number, first: number): string {
  const rows = parse(body, { relaxColumnCount: true }) as string[][];
  for (const row of rows) {
    const index = row[column] ?? "";
    if (/^\d{1,9}$/.test(index)) row[column] = String(Number(index) + first);
  }
  return stringify(rows).trimEnd();
}
