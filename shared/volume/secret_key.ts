import { dirname } from "node:path";
import { type Damage, RESTORE, StoredFileDamaged } from "./damage.ts";
import { temporaryPath } from "./atomic_file.ts";
import { makeClosed } from "./modes.ts";
import { noting } from "./stored_file.ts";

const KEY_BYTES = 32;

/** Reads a secret key of the site, 32 random bytes; creates it on first use. Only its owner may read the file. */
export async function secretKey(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const existing = await readIfThere(path);
  if (existing !== null) return existing;
  const temporary = temporaryPath(path);
  await makeClosed(dirname(path));
  await Deno.writeFile(temporary, crypto.getRandomValues(new Uint8Array(KEY_BYTES)), {
    createNew: true,
    mode: 0o600,
  });
  try {
    await Deno.link(temporary, path); // whoever is second finds the first one's key
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    await Deno.remove(temporary);
  }
  return await Deno.readFile(path);
}

/** Records a damaged key before it is needed. */
export async function noteDamagedKey(path: string, damage: Pick<Damage, "note">): Promise<void> {
  await noting(damage, () => readIfThere(path)).catch(() => {});
}

/**
 * Rejects keys of another length: a shorter one could be guessed, and another key would change the pseudonyms of exams.
 */
async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new StoredFileDamaged(path, `it cannot be read (${error})`, RESTORE, error);
  }
  if (bytes.length === KEY_BYTES) return bytes;
  throw new StoredFileDamaged(path, `it has ${bytes.length} bytes, not ${KEY_BYTES}`);
}
