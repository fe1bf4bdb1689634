import type { TokenRecord } from "./token.ts";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ROLES } from "../../../shared/http/mod.ts";
import { checkAgainst } from "../../../shared/contracts/stored.ts";
import {
  type Damage,
  makeClosed,
  readRecord,
  RESTORE,
  StoredFileDamaged,
  type VolumeLayout,
  withFileLock,
  writeFileAtomic,
} from "../../../shared/volume/mod.ts";

export interface TokenStore {
  /** All tokens, revoked ones included; changes by other processes show at once. */
  all(): Promise<readonly TokenRecord[]>;
  add(record: TokenRecord): Promise<void>;
  /** Revokes a token and returns it, or null if no token has this id; a revoked one stays as it is. */
  revoke(id: string, at: Date): Promise<TokenRecord | null>;
}

const fileSchema = z.strictObject({
  version: z.literal(1),
  tokens: z.array(z.strictObject({
    id: z.string().regex(/^[0-9a-f]{12}$/),
    user: z.string().min(1),
    role: z.enum(ROLES),
    secret_sha256: z.string().regex(/^[0-9a-f]{64}$/),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
  })),
});

/** Tokens in a private file, read again when it changes, so that revoking works on a running gateway. */
export function createVolumeTokenStore(
  layout: VolumeLayout,
  damage: Pick<Damage, "note" | "clear">,
): TokenStore {
  const path = layout.tokens;
  let seen: { stamp: string; tokens: readonly TokenRecord[] } | null = null;

  async function all(): Promise<readonly TokenRecord[]> {
    const stamp = stampOf(path);
    if (stamp === null) return [];
    if (seen?.stamp === stamp) return seen.tokens;
    const tokens = await read();
    seen = { stamp, tokens };
    return tokens;
  }

  /** Throws on an unusable file, so that it closes the gateway instead of opening it. */
  async function read(): Promise<readonly TokenRecord[]> {
    let file: unknown;
    try {
      file = await readRecord(path, checkAgainst(fileSchema));
      damage.clear(path);
    } catch (error) {
      damage.note(path, `${error instanceof StoredFileDamaged ? error.reason : error}: ${RESTORE}`);
      throw error;
    }
    return file === null ? [] : (file as z.infer<typeof fileSchema>).tokens;
  }

  /** Changes the tokens under a file lock: the gateway and commands may change them at the same time. */
  async function changeAlone<T>(
    change: (tokens: readonly TokenRecord[]) => Promise<T>,
  ): Promise<T> {
    await makeClosed(dirname(path));
    return await withFileLock(
      join(dirname(path), "tokens.lock"),
      async () => await change(await read()),
    );
  }

  async function write(tokens: readonly TokenRecord[]): Promise<void> {
    const text = JSON.stringify({ version: 1, tokens }, null, 2) + "\n";
    await writeFileAtomic(path, text, { mode: 0o600 });
  }

  return {
    all,
    add: (record) => changeAlone((tokens) => write([...tokens, record])),
    revoke: (id, at) =>
      changeAlone(async (tokens) => {
        const found = tokens.find((token) => token.id === id);
        if (found === undefined) return null;
        const revoked = { ...found, revoked_at: found.revoked_at ?? at.toISOString() };
        await write(tokens.map((token) => token.id === id ? revoked : token));
        return revoked;
      }),
  };
}

/** Every write makes a new file, so these identify a version. Synchronous: it runs twice per request. */
function stampOf(path: string): string | null {
  try {
    const { ino, size, mtime } = Deno.statSync(path);
    return `${ino} ${size} ${mtime?.getTime()}`;
  } catch (error) {
    // An unreadable file is no known version; reading it reports the reason.
    return error instanceof Deno.errors.NotFound ? null : "unreadable";
  }
}
