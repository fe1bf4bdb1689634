import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { registerSample } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { startServiceProcess } from "../support/service_process.ts";

Deno.test("what came of builds and checks outlives kill -9, and what was cut short says so", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
  await using service = await startServiceProcess({
    home: join(folder, "home"),
    environment: {
      MAMMOEVAL_DATA_ROOTS: PROJECT,
      MAMMOEVAL_EXECUTOR: "process",
      MAMMOEVAL_GPUS: "none",
    },
  });
  const work = `${service.url}/v1/models/reference`;
  const at = async (kind: string): Promise<Json> => (await sendJson(`${work}/${kind}`, "GET")).body;
  try {
    await registerSample(service.url);
    assert.equal((await at("check")).type, "not_found");
    const built = await sendJson(`${work}/build`, "POST", undefined, { prefer: "wait=60" });
    assert.equal(built.body.status, "passed");
    // The answer comes before the check ends: it dies with two runs before it.
    const begun = await sendJson(`${work}/check`, "POST", { dataset: "sample" });
    assert.equal(begun.status, 202);
    await service.kill();
    await service.start();
    assert.deepEqual(await at("build"), built.body);
    const cut = await at("check");
    assert.equal(cut.status, "failed");
    assert.match(cut.findings.at(-1).message, /restarted during it: request it again/);
    assert.notEqual(cut.finished_at, null);
    const asked = await sendJson(`${work}/check`, "POST", { dataset: "sample" }, {
      prefer: "wait=120",
    });
    assert.equal(asked.body.status, "passed", JSON.stringify(asked.body));
    await service.kill();
    await service.start();
    assert.deepEqual(await at("check"), asked.body);
  } finally {
    await service.kill();
    await Deno.remove(folder, { recursive: true });
  }
});
