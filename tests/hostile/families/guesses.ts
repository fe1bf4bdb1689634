import type { AttackWorld, Bearer } from "../attack_world.ts";
import { type Attack, type Loot, send } from "../attacks.ts";

/** Guesses at a time: more than may wait. */
const AT_ONCE = 80;
/** The shortest wait that a wrong token has, with room for clocks, in milliseconds. */
const WAIT_MS = 200;

interface Guess {
  readonly loot: Loot;
  readonly waitedMs: number;
}

/** A token of the right form, with nothing right in it. */
function guess(): string {
  const hex = crypto.randomUUID().replaceAll("-", "");
  return `mammoeval_${hex.slice(0, 12)}_${(hex + hex).slice(0, 43)}`;
}

/** Many tokens over many connections at once, from addresses that the guesser claims. */
export function guessAttacks(world: AttackWorld): Attack[] {
  const id = world.people.owner["authorization"]!.slice("Bearer mammoeval_".length).slice(0, 12);
  const ways: ((index: number) => Bearer)[] = [
    () => ({ authorization: `Bearer ${guess()}` }),
    () => ({ authorization: `Bearer ${guess().replace(/_[0-9a-f]{12}_/, `_${id}_`)}` }),
    (index) => ({
      authorization: `Bearer ${guess()}`,
      "x-forwarded-for": `10.0.0.${index}`,
      forwarded: `for=10.0.0.${index}`,
      "x-real-ip": `10.0.0.${index}`,
    }),
    () => ({ authorization: `Basic ${btoa(`owner:${guess()}`)}` }),
  ];
  let asked: Promise<{ guesses: Guess[]; own: Loot }> | null = null;
  const all = (): Promise<{ guesses: Guess[]; own: Loot }> =>
    asked ??= askAll(world, (index) => ways[index % ways.length]!(index));
  return [
    ...Array.from({ length: AT_ONCE }, (_, index) => ({
      name: `guess ${index}`,
      run: async (): Promise<string | null> => judge((await all()).guesses[index]!),
    })),
    {
      name: "to lock the true user out",
      run: async (): Promise<string | null> => {
        const { status } = (await all()).own;
        return status === 200 ? null : `the true user got ${status}`;
      },
    },
    {
      name: "to let as many wait as there are",
      isKey: true,
      run: async (): Promise<string | null> =>
        (await all()).guesses.some(({ loot }) => loot.status === 429) ? null : "all may wait",
    },
  ];
}

async function askAll(
  world: AttackWorld,
  headers: (index: number) => Bearer,
): Promise<{ guesses: Guess[]; own: Loot }> {
  const began = performance.now();
  const guesses = Array.from({ length: AT_ONCE }, async (_, index) => {
    const loot = await send(world, headers(index), ["GET", "/v1/datasets"]);
    return { loot, waitedMs: performance.now() - began };
  });
  const own = await send(world, world.people.ada, ["GET", "/v1/datasets"]);
  return { guesses: await Promise.all(guesses), own };
}

/** A guess is told that it is wrong after a wait, or at once that there are too many; nothing else. */
function judge({ loot, waitedMs }: Guess): string | null {
  if (loot.status === 429) return null;
  if (loot.status !== 401) return `${loot.status}: ${loot.text.slice(0, 200)}`;
  return waitedMs < WAIT_MS ? "it did not wait" : null;
}
