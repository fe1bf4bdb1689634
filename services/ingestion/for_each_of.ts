/**
 * Works through a list with a bounded number of items under way.
 *
 * @param items in order
 * @param atOnce how many at a time, at least 1
 * @param work done once for each item; the first that rejects ends the wait
 */
export async function forEachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function lane(): Promise<void> {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
}
