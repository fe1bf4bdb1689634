import { makeToken } from "./token.ts";
import type { TokenStore } from "./token_store.ts";

/** User of the first token; an admin who creates the others. */
const FIRST_USER = "admin";

/** Creates the first token if other machines can reach the gateway; null when none is needed. */
export async function makeFirstToken(
  store: TokenStore,
  outside: readonly string[],
  now: Date,
): Promise<string | null> {
  if (outside.length === 0 || (await store.all()).length > 0) return null;
  const order = { user: FIRST_USER, role: "admin", createdAt: now, expiresAt: null } as const;
  const { text, record } = makeToken(order);
  await store.add(record);
  return text;
}
