/** Timeout in milliseconds: a busy machine is slow. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 50;

/**
 * Polls until a condition holds or the timeout passes. Returns the last value in either case, for the test to assert
 * on.
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
