import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { createFileAtomic } from "./atomic_file.ts";
import { StoredFileDamaged } from "./damage.ts";
import type { VolumeLayout } from "./layout.ts";
import { makeClosed } from "./modes.ts";

/** Length of a service token, in bytes before it is written in base64url. */
const TOKEN_BYTES = 32;

const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Gives the token with which the services on one volume know each other; the first one to ask makes it.
 *
 * @returns the token, 43 characters
 */
export async function readServiceToken(layout: VolumeLayout): Promise<string> {
  await makeClosed(dirname(layout.tokens)).catch((error) => {
    // Only the gateway may touch it, and closes it.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  });
  await makeClosed(dirname(layout.serviceToken));
  const made = randomBytes(TOKEN_BYTES).toString("base64url");
  await createFileAtomic(layout.serviceToken, made, { mode: 0o600 });
  const token = (await Deno.readTextFile(layout.serviceToken)).trim();
  // Whoever sends none would show the right one, if it were empty.
  if (TOKEN_PATTERN.test(token)) return token;
  throw new StoredFileDamaged(layout.serviceToken, "it contains no service token");
}
