import type { Exchange } from "../add_examples.ts";
import exchanges from "./exchanges.json" with { type: "json" };

/**
 * The examples of the API's document, in the order in which they were made on one service with the sample
 * data. `tests/openapi/examples_test.ts` makes them again.
 */
export const EXCHANGES: readonly Exchange[] = exchanges as unknown as readonly Exchange[];
