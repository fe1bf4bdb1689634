import type { TokenRecord } from "./token.ts";

/** Storage of tokens. */
export interface TokenStore {
  /** All tokens, revoked ones included; changes by other processes show at once. */
  all(): Promise<readonly TokenRecord[]>;
  add(record: TokenRecord): Promise<void>;
  /** Revokes a token and returns it, or null if no token has this id; a revoked one stays as it is. */
  revoke(id: string, at: Date): Promise<TokenRecord | null>;
}
