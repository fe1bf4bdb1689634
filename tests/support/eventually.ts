/** Patience with what comes about by itself, in milliseconds: a busy machine is slow. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 50;

/**
 * Looks again and again until something holds.
 *
 * @param look what to look at
 * @param holds what to wait for
 * @returns what was seen last, also when it never held: the test says what is wrong with it
 */
export async function eventually<Seen>(
  look: () => Promise<Seen> | Seen,
  holds: (seen: Seen) => boolean,
): Promise<Seen> {
  const deadline = performance.now() + PATIENCE_MS;
  while (true) {
    const seen = await look();
    if (holds(seen) || performance.now() > deadline) return seen;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
