/**
 * Lets the process do what else waits: long computations call this between their parts, so that the
 * service goes on answering in between.
 */
export function letOthers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
