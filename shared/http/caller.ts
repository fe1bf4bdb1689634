/** Roles; each includes the permissions of those before it. */
export const ROLES = ["read", "submit", "admin"] as const;

export type Role = (typeof ROLES)[number];

export interface Caller {
  /** Name of the user's token. */
  readonly user: string;
  readonly role: Role;
}

/** The caller if there are no tokens: a user of this machine. */
export const LOCAL_CALLER: Caller = { user: "local", role: "admin" };

/** Headers that pass the caller from the gateway to the services; the gateway drops them from outside requests. */
export const CALLER_HEADERS = { user: "x-mammoeval-user", role: "x-mammoeval-role" } as const;

/** Returns whether a role includes another one. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Reads the caller from the gateway's headers; the local caller if there are none. */
export function callerOf(headers: Headers): Caller {
  const user = headers.get(CALLER_HEADERS.user);
  const role = ROLES.find((known) => known === headers.get(CALLER_HEADERS.role));
  return user === null || role === undefined ? LOCAL_CALLER : { user, role };
}
