/** Environment variable with the name of a run of the whole suite. */
export const TEST_RUN = "MAMMOEVAL_TEST_RUN";

/** Label of engine objects that tests create; its value is the name of the run. */
export const TEST_RUN_LABEL = "mammoeval.test.run";

/** @returns the name of the run, for the names and labels of what tests create outside their folder */
export function testRun(): string {
  return Deno.env.get(TEST_RUN) ?? "alone";
}
