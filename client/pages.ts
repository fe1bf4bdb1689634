/** A list as the API gives it: whole, or a page of it. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null or nothing after the last. */
  readonly next_cursor?: string | null;
}

/**
 * Walks through a list; pages are asked for as they are come to.
 *
 * @param ask gives the page at a cursor, the first one for undefined
 */
export async function* itemsOf<T>(
  ask: (cursor: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    yield* page.items;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}
