import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { createFileAtomic } from "./atomic_file.ts";
import { StoredFileDamaged } from "./damage.ts";
import type { VolumeLayout } from "./layout.ts";
import { makeClosed } from "./modes.ts";

/** Length of a service token before base64url encoding. */
const TOKEN_BYTES = 32;

const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Returns the token (43 characters) with which the services of one volume authenticate each other; creates it on first
 * use.
 */
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
