import type { TokenRecord } from "./token.ts";

/** Storage of tokens. */
export interface TokenStore {
  /** All tokens, revoked ones included; changes by other processes show at once. */
  all(): Promise<readonly TokenRecord[]>;
  add(record: TokenRecord): Promise<void>;
  /**
   * Revokes a token; a revoked one stays as it is.
   *
   * @returns the token, or null when there is none with this id
   */
  revoke(id: string, at: Date): Promise<TokenRecord | null>;
}
