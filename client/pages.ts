/** A list in the API: complete, or one page of it. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; null or absent on the last. */
  readonly next_cursor?: string | null;
}

/**
 * Yields the items of a list; fetches each page when it is needed.
 *
 * @param ask returns the page at a cursor, the first one for undefined
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
