import { type Attack, PATIENCE_MS } from "./attacks.ts";

/** Attacks of one kind. */
export interface Family {
  readonly name: string;
  readonly attacks: readonly Attack[];
}

/** What became of a family. */
export interface Row {
  readonly family: string;
  readonly tried: number;
  /** Each that got through, and what came through with it. */
  readonly through: readonly string[];
}

/**
 * Runs the attacks of a family one after another.
 *
 * @param family which
 * @param most of them that are run, spread over all
 */
export async function runFamily({ name, attacks }: Family, most = Infinity): Promise<Row> {
  const step = Math.max(1, Math.ceil(attacks.length / most));
  const chosen = attacks.filter(({ isKey = false }, index) => isKey || index % step === 0);
  const through: string[] = [];
  for (const attack of chosen) {
    const loot = await withinPatience(attack.run()).catch((error) => `broke off: ${error}`);
    if (loot !== null) through.push(`${attack.name}: ${loot}`);
  }
  return { family: name, tried: chosen.length, through };
}

/** An attack that never ends has made something hang. */
async function withinPatience<T>(running: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("it hangs")), 4 * PATIENCE_MS);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Writes the table that a run prints.
 *
 * @param rows with guards
 * @param open the same families, a sample of each, without them
 */
export function tableOf(rows: readonly Row[], open: readonly Row[] = []): string {
  const width = Math.max(...rows.map(({ family }) => family.length), "family".length);
  const line = (family: string, tried: unknown, through: unknown, without: string): string =>
    `${family.padEnd(width)}  ${String(tried).padStart(6)}  ${
      String(through).padStart(11)
    }  ${without}`;
  const all = (of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  return [
    line("family", "tried", "got through", open.length === 0 ? "" : "without the guard"),
    ...rows.map(({ family, tried, through }) => {
      const other = open.find((row) => row.family === family);
      const without = other === undefined ? "" : `${other.through.length} of ${other.tried}`;
      return line(family, tried, through.length, without);
    }),
    line("all", all(({ tried }) => tried), all(({ through }) => through.length), ""),
  ].map((text) => text.trimEnd() + "\n").join("");
}
