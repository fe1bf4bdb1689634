import type { Caller } from "../../shared/http/mod.ts";

export interface SharedPlaces {
  /** Takes at least one place. Returns an idempotent release function, or null when this caller gets none. */
  take(caller: Caller, amount?: number): (() => void) | null;
}

/** Users may hold at most as many places as are free, so there is always room for another; admins have a reserve. */
export function createSharedPlaces(total: number, reserve: number): SharedPlaces {
  const held = new Map<string, number>();
  let taken = 0;

  function change(user: string, by: number): void {
    taken += by;
    const now = (held.get(user) ?? 0) + by;
    if (now === 0) held.delete(user);
    else held.set(user, now);
  }

  return {
    take({ user, role }, amount = 1): (() => void) | null {
      const free = total - taken - amount - (role === "admin" ? 0 : reserve);
      if ((held.get(user) ?? 0) + amount > free) return null;
      change(user, amount);
      let isHeld = true;
      return () => {
        if (isHeld) change(user, -amount);
        isHeld = false;
      };
    },
  };
}
