import { createHash, randomBytes } from "node:crypto";
import { equalSecrets, type Role } from "../../../shared/http/mod.ts";

/** Random bytes of a token's secret: 256 bits cannot be guessed, so a plain hash suffices. */
const SECRET_BYTES = 32;
/** Random bytes of a token's id, which names it in lists and in the audit log. */
const ID_BYTES = 6;
/** Format of tokens; secret scanners recognise it. */
const TOKEN_PATTERN = /^mammoeval_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** A stored token; it does not contain the secret. */
export interface TokenRecord {
  readonly id: string;
  readonly user: string;
  readonly role: Role;
  readonly secret_sha256: string;
  readonly created_at: string;
  /** RFC 3339; null for never. */
  readonly expires_at: string | null;
  /** RFC 3339; null while it is valid. */
  readonly revoked_at: string | null;
}

export interface TokenOrder {
  readonly user: string;
  readonly role: Role;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** Creates a token: its text, which is shown once, and the record to store. */
export function makeToken(order: TokenOrder): { text: string; record: TokenRecord } {
  const id = randomBytes(ID_BYTES).toString("hex");
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return {
    text: `mammoeval_${id}_${secret}`,
    record: {
      id,
      user: order.user,
      role: order.role,
      secret_sha256: sha256(secret),
      created_at: order.createdAt.toISOString(),
      expires_at: order.expiresAt?.toISOString() ?? null,
      revoked_at: null,
    },
  };
}

export type TokenRefusal = "malformed" | "unknown" | "expired" | "revoked";

/** Finds the token of a text, or why it is refused. An unknown id costs the same comparison. */
export function findToken(
  text: string,
  records: readonly TokenRecord[],
  now: Date,
): TokenRecord | TokenRefusal {
  const match = TOKEN_PATTERN.exec(text);
  if (match === null) return "malformed";
  const [, id, secret] = match;
  const record = records.find((candidate) => candidate.id === id);
  const right = equalSecrets(sha256(secret!), record?.secret_sha256 ?? "");
  if (record === undefined || !right) return "unknown";
  return refusalOf(record, now) ?? record;
}

/** Why a token is no longer valid, or null while it is. */
export function refusalOf(
  { revoked_at, expires_at }: TokenRecord,
  now: Date,
): "expired" | "revoked" | null {
  if (revoked_at !== null) return "revoked";
  return expires_at !== null && Date.parse(expires_at) <= now.getTime() ? "expired" : null;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
