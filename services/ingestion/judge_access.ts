import type { Runner } from "../../shared/site_users.ts";
import type { FileAccess, ImageGlance } from "./image_source.ts";
import type { Complaint } from "./judge_image.ts";

/** Bits of a mode, of others: may read a file, may pass through a folder. */
const [READ, PASS] = [0o4, 0o1];

/**
 * Tells whether the containers' users may open an image. They have no capabilities, so the mode decides. It
 * is a warning, since an access control list may give more than the mode shows.
 *
 * @param glance what was read of the image, by the service's own user
 * @param runners who containers may run as; none where models run as the service does
 * @returns what keeps one of them out, or null
 */
export function judgeAccess(
  { access: [file, ...folders] }: Pick<ImageGlance, "access">,
  runners: readonly Runner[],
): Complaint | null {
  for (const runner of runners) {
    if (!may(runner, file, READ)) return closed(runner, `its mode is ${modeText(file)}`, "o+r");
    const folder = folders.find((folder) => !may(runner, folder, PASS));
    if (folder !== undefined) {
      return closed(runner, `a folder that it lies in has mode ${modeText(folder)}`, "o+x");
    }
  }
  return null;
}

function may({ uid, gid }: Runner, file: FileAccess, bit: number): boolean {
  const shift = file.uid === uid ? 6 : file.gid === gid ? 3 : 0;
  return ((file.mode >> shift) & bit) !== 0;
}

function modeText({ mode, uid, gid }: FileAccess): string {
  return `0${(mode & 0o777).toString(8)} (of ${uid}:${gid})`;
}

function closed({ uid, gid }: Runner, why: string, right: string): Complaint {
  return {
    severity: "warning",
    code: "image_closed",
    text: `cannot be opened by models, which run as ${uid}:${gid}: ${why}; chmod ${right}`,
  };
}
