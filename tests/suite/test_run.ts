/** Variable that names a run of the whole suite. */
export const TEST_RUN = "MAMMOEVAL_TEST_RUN";

/** Label of container images that tests make: the run that made them. */
export const TEST_RUN_LABEL = "mammoeval.test.run";

/** @returns what everything that tests leave outside of their folder carries in its name or label */
export function testRun(): string {
  return Deno.env.get(TEST_RUN) ?? "alone";
}
