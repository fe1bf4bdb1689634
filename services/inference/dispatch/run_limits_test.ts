import assert from "node:assert/strict";
import { limitFaults, limitsFor } from "./run_limits.ts";
import { makeJob } from "../../../tests/support/inference/values.ts";

const SITE = { ...makeJob().limits, diskBytes: 1024 ** 3, outputBytes: 1024 ** 2 };

Deno.test("what is not asked for is the site's", () => {
  assert.deepEqual(limitsFor({}, SITE), SITE);
  const limits = limitsFor({ memory: "2g", disk: "10m", pids: 64 }, SITE);
  assert.deepEqual([limits.memory, limits.diskBytes, limits.pids, limits.cpus], [
    "2g",
    10 * 1024 ** 2,
    64,
    SITE.cpus,
  ]);
});

Deno.test("each bound over the site's is named with the setting that raises it", () => {
  assert.deepEqual(limitFaults({ memory: "16g", disk: "1g", pids: 4096 }, SITE), []);
  const faults = limitFaults({ memory: "17g", output: "2m", cpus: 64, pids: 5000 }, SITE);
  assert.equal(faults.length, 4);
  assert.equal(faults[0], "limits.memory: 17g is over this site's 16g (MAMMOEVAL_MEMORY)");
  assert.match(faults[1]!, /limits\.output: 2m is over this site's 1m \(MAMMOEVAL_OUTPUT\)/);
});
