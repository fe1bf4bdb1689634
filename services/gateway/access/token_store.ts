import type { TokenRecord } from "./token.ts";

/** Where tokens are kept. */
export interface TokenStore {
  /** All tokens, revoked ones too; what another process has changed is seen at once. */
  all(): Promise<readonly TokenRecord[]>;
  /** Keeps a new token. */
  add(record: TokenRecord): Promise<void>;
  /**
   * Revokes a token; one that was revoked stays as it is.
   *
   * @returns the token, or null when there is none with this id
   */
  revoke(id: string, at: Date): Promise<TokenRecord | null>;
}
