import { dirname } from "node:path";

/**
 * Who may touch what on the volume; the one place that knows. The services run as one user, and other users of the
 * machine come as far as the results that are theirs. Containers see none of this: what they need is mounted.
 */
export const MODES = {
  /** Folders that lead to results: others may pass and not look around. */
  passage: 0o711,
  /** Folders of mammoeval alone: truth, scores, tokens, work. */
  closed: 0o700,
  /** Files of mammoeval alone that lie in the volume's root: the ledger. */
  closedFile: 0o600,
  /** Results that belong to the service. */
  result: { folder: 0o750, file: 0o640 },
  /** Results that were handed over to a user: nobody else's, since a site's group has model authors in it. */
  handedOver: { folder: 0o700, file: 0o600 },
} as const;

/** What the services take from the mode of everything that has none of its own. */
export const SERVICE_UMASK = 0o066;

/**
 * Makes a folder that mammoeval alone may look into, and closes one that an earlier version left open.
 *
 * @param folder absolute; folders on the way to it are made as passages
 */
export async function makeClosed(folder: string): Promise<void> {
  await makePassage(dirname(folder));
  await Deno.mkdir(folder, { recursive: true });
  setMode(folder, MODES.closed);
}

/**
 * Makes the folders on a way that others may pass. What is there stays as it is.
 *
 * @param folder absolute
 */
export async function makePassage(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: MODES.passage });
  } catch (error) {
    // A service may make its own folders alone; the way to them comes with them, and the umask is the same.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}

/**
 * Makes the folder of one evaluation's results.
 *
 * @param folder absolute
 */
export async function makeResultFolder(folder: string): Promise<void> {
  await makePassage(dirname(folder));
  await Deno.mkdir(folder, { recursive: true, mode: MODES.result.folder });
}

/**
 * Gives what was there before the mode that it has today. Of what somebody else owns, the owner decides.
 *
 * @param path absolute
 */
export function setMode(path: string, mode: number): void {
  if (((Deno.statSync(path).mode ?? mode) & 0o777) === mode) return;
  try {
    Deno.chmodSync(path, mode);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
  }
}
