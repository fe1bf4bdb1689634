import { join, relative, sep } from "node:path";
import type { VolumeLayout } from "./layout.ts";
import { makeClosed } from "./modes.ts";

/** Writes a warning with fields to the log. */
export type Warn = (message: string, fields: Readonly<Record<string, string>>) => void;

/** Moves an unknown file or folder of an area aside: it may be the only copy of somebody's data. */
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

/** Nothing in quarantine is ever overwritten. */
async function freeName(path: string): Promise<string> {
  for (let count = 1;; count++) {
    const name = count === 1 ? path : `${path}.${count}`;
    if (await Deno.lstat(name).catch(() => null) === null) return name;
  }
}

/** The paths in quarantine, relative to the volume, that came from these areas. */
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
