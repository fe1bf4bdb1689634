import { dirname } from "node:path";

/** File permissions, defined only here: other users of the machine reach only their own results. */
export const MODES = {
  /** Parent folders of results: others may traverse but not list them. */
  passage: 0o711,
  /** Private folders: truth, scores, tokens, work. */
  closed: 0o700,
  /** Private files in the volume's root: the ledger. */
  closedFile: 0o600,
  /** Results that belong to the service. */
  result: { folder: 0o750, file: 0o640 },
  /** Results handed over to a user. Private, since a site's group includes model authors. */
  handedOver: { folder: 0o700, file: 0o600 },
} as const;

/** Umask of the services, for files without a mode of their own. */
export const SERVICE_UMASK = 0o066;

/** Makes a folder private, also one that an earlier version left open. Missing parents become passages. */
export async function makeClosed(folder: string): Promise<void> {
  await makePassage(dirname(folder));
  await Deno.mkdir(folder, { recursive: true });
  setMode(folder, MODES.closed);
}

/** Creates folders that others may traverse. Existing folders stay as they are. */
export async function makePassage(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: MODES.passage });
  } catch (error) {
    // A service may only create its own folders; those include missing parents, with the same umask.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}

/** Creates the folder of one evaluation's results. */
export async function makeResultFolder(folder: string): Promise<void> {
  await makePassage(dirname(folder));
  await Deno.mkdir(folder, { recursive: true, mode: MODES.result.folder });
}

/** Sets the mode of an existing file or folder unless it belongs to another user. */
export function setMode(path: string, mode: number): void {
  if (((Deno.statSync(path).mode ?? mode) & 0o777) === mode) return;
  try {
    Deno.chmodSync(path, mode);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
  }
}
