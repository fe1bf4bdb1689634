import { join, relative, sep } from "node:path";
import type { VolumeLayout } from "./layout.ts";
import { makeClosed } from "./modes.ts";

/** Tells an operator of something, with fields; the `warn` of a log. */
export type Warn = (message: string, fields: Readonly<Record<string, string>>) => void;

/**
 * Moves something that lies on the volume and is not understood out of the way, whole: it may be all that is
 * left of somebody's data. Where it cannot be moved it stays.
 *
 * @param path of a file or folder below `datasets/`, `work/` and the like
 */
export async function moveToQuarantine(
  layout: VolumeLayout,
  path: string,
  reason: string,
  warn: Warn,
): Promise<void> {
  const [area, ...rest] = relative(layout.home, path).split(sep);
  const folder = join(layout.quarantine, area!);
  try {
    await makeClosed(folder);
    const target = await freeName(join(folder, rest.join("~")));
    await Deno.rename(path, target);
    warn("moved to quarantine: put it back in its place, or remove it", {
      from: path,
      to: target,
      reason,
    });
  } catch (error) {
    warn("not recognised, and cannot be moved to quarantine", {
      path,
      reason,
      error: String(error),
    });
  }
}

/** Nothing that lies in quarantine is replaced by what comes after it. */
async function freeName(path: string): Promise<string> {
  for (let count = 1;; count++) {
    const name = count === 1 ? path : `${path}.${count}`;
    if (await Deno.lstat(name).catch(() => null) === null) return name;
  }
}

/**
 * Lists what lies in quarantine.
 *
 * @param areas folders of the volume that it came from, `datasets` say
 * @returns paths below the volume
 */
export function listQuarantine(layout: VolumeLayout, areas: readonly string[]): string[] {
  return areas.flatMap((area) => {
    try {
      const entries = [...Deno.readDirSync(join(layout.quarantine, area))];
      return entries.map(({ name }) => join("quarantine", area, name)).sort();
    } catch {
      return [];
    }
  });
}
