import { dirname } from "node:path";
import { type Damage, RESTORE, StoredFileDamaged } from "./damage.ts";
import { createFileAtomic, temporaryPath } from "./atomic_file.ts";
import { makeClosed } from "./modes.ts";
import { noting } from "./stored_file.ts";
import { randomBytes } from "node:crypto";
import type { VolumeLayout } from "./layout.ts";

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
    await Deno.link(temporary, path); // the second process finds the first one's key
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

/** Rejects other lengths: a short key could be guessed, another one would change the pseudonyms. */
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

/** Length of a service token before base64url encoding. */
const TOKEN_BYTES = 32;

const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** The token (43 characters) by which the services of a volume know each other; created on first use. */
export async function readServiceToken(layout: VolumeLayout): Promise<string> {
  await makeClosed(dirname(layout.tokens)).catch((error) => {
    // Only the gateway has access to this folder, and makes it private.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  });
  await makeClosed(dirname(layout.serviceToken));
  const made = randomBytes(TOKEN_BYTES).toString("base64url");
  await createFileAtomic(layout.serviceToken, made, { mode: 0o600 });
  const token = (await Deno.readTextFile(layout.serviceToken)).trim();
  // An empty token would match requests without a token.
  if (TOKEN_PATTERN.test(token)) return token;
  throw new StoredFileDamaged(layout.serviceToken, "it contains no service token");
}
