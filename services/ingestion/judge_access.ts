import type { Runner } from "../../shared/site_users.ts";
import type { FileAccess, ImageGlance } from "./image_source.ts";
import type { Complaint } from "./dicom/judge_greys.ts";

/**
 * Asks the kernel which files a user may not open. Modes do not show access control lists, nor what a network file
 * system refuses.
 * @param names paths relative to the folder
 * @returns the names that the user may not open; null where this process cannot ask as that user
 */
export type AskKernel = (
  user: Runner,
  folder: string,
  names: readonly string[],
) => Promise<ReadonlySet<string> | null>;

/** A user that containers may run as. */
export interface ContainerUser {
  readonly user: Runner;
  /** The kernel's answer; null where file modes must decide. */
  readonly closed: ReadonlySet<string> | null;
}

/** Mode bits for "others": read a file, traverse a folder. */
const [READ, PASS] = [0o4, 0o1];

/**
 * Returns a warning when one of the containers' users may not open an image, else null. They have no capabilities,
 * so the mode decides unless the kernel was asked.
 * @param name of the image's file, relative to the images folder
 */
export function judgeAccess(
  name: string,
  { access }: Pick<ImageGlance, "access">,
  users: readonly ContainerUser[],
): Complaint | null {
  for (const { user, closed } of users) {
    const reason = reasonOfModes(user, access);
    if (closed === null ? reason === null : !closed.has(name)) continue;
    return {
      severity: "warning",
      code: "image_closed",
      text: `cannot be opened by models, which run as ${user.uid}:${user.gid}: ` +
        (reason ?? "an access control list or the file system refuses it; setfacl -m or chmod o+r"),
    };
  }
  return null;
}

function reasonOfModes(user: Runner, [file, ...folders]: ImageGlance["access"]): string | null {
  if (!may(user, file, READ)) return `its mode is ${modeText(file)}; chmod o+r`;
  const folder = folders.find((folder) => !may(user, folder, PASS));
  if (folder === undefined) return null;
  const name = folder.path === "" ? "the images folder" : `the folder ${folder.path}`;
  return `${name} has mode ${modeText(folder)}; chmod o+x`;
}

function may({ uid, gid }: Runner, file: FileAccess, bit: number): boolean {
  const shift = file.uid === uid ? 6 : file.gid === gid ? 3 : 0;
  return ((file.mode >> shift) & bit) !== 0;
}

function modeText({ mode, uid, gid }: FileAccess): string {
  return `0${(mode & 0o777).toString(8)} (of ${uid}:${gid})`;
}
