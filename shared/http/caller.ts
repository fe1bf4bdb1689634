/** What a caller may do; each role may do what those before it may. */
export const ROLES = ["read", "submit", "admin"] as const;

/** What a caller may do. */
export type Role = (typeof ROLES)[number];

/** Who asks. */
export interface Caller {
  /** Name of the user, that of their token. */
  readonly user: string;
  readonly role: Role;
}

/** Who asks where there are no tokens: whoever sits at this machine. */
export const LOCAL_CALLER: Caller = { user: "local", role: "admin" };

/** Headers that carry the caller from the gateway to the services; from outside they are dropped. */
export const CALLER_HEADERS = { user: "x-mammoeval-user", role: "x-mammoeval-role" } as const;

/** Tells whether a role includes another one. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/**
 * Reads who asks, as the gateway has written it down.
 *
 * @returns the caller; the local one where nothing is written
 */
export function callerOf(headers: Headers): Caller {
  const user = headers.get(CALLER_HEADERS.user);
  const role = ROLES.find((known) => known === headers.get(CALLER_HEADERS.role));
  return user === null || role === undefined ? LOCAL_CALLER : { user, role };
}
