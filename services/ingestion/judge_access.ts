import type { Runner } from "../../shared/site_users.ts";
import type { FileAccess, ImageGlance } from "./image_source.ts";
import type { Complaint } from "./dicom/judge_greys.ts";

/** Asks the kernel which files a user may not open (modes miss access control lists); null where it cannot. */
export type AskKernel = (
  user: Runner,
  folder: string,
  names: readonly string[],
) => Promise<ReadonlySet<string> | null>;

export interface ContainerUser {
  readonly user: Runner;
  /** The kernel's answer; null where file modes must decide. */
  readonly closed: ReadonlySet<string> | null;
}

/** Mode bits for "others": read a file, traverse a folder. */
const [READ, PASS] = [0o4, 0o1];

/** Warns when one of the containers' users, who have no capabilities, may not open an image. */
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
