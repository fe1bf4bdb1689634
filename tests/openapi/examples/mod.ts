import type { Exchange } from "../document/add_examples.ts";

/**
 * The examples of the API's document, in the order in which they were made on one service with the sample
 * data. `tests/openapi/examples_test.ts` makes them again.
 */
export const EXCHANGES: readonly Exchange[] = JSON.parse(
  Deno.readTextFileSync(new URL("./exchanges.json", import.meta.url)),
);
