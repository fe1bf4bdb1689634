import { makeToken } from "./token.ts";
import type { TokenStore } from "./token_store.ts";

/** Whose the first token is; an admin makes the others with it. */
const FIRST_USER = "admin";

/**
 * Makes the token that a gateway needs before other machines may reach it, unless there is one.
 * Where nobody else reaches it, none is made: the first token would lock the door of a tool on one's
 * own machine.
 *
 * @returns the token's text, which nobody can be shown again; null when none was made
 */
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
