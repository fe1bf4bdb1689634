import assert from "node:assert/strict";
import type { HostileReport } from "./read_pickles.ts";

/** What one file may take: processor time in milliseconds, memory in MiB. */
const BOUND = { cpuMs: 1000, growthMb: 100 };

Deno.test({
  name: "hostile pickles: none runs, crashes, leaves a file, or takes over 1 s or 100 MB",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-hostile-" });
    const program = new URL("read_pickles.ts", import.meta.url).pathname;
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", program, folder],
      env: { TMPDIR: folder },
    }).output();
    await Deno.remove(folder, { recursive: true });
    assert.ok(success, new TextDecoder().decode(stderr));
    const report: HostileReport = JSON.parse(new TextDecoder().decode(stdout));
    const shown = JSON.stringify(report);
    assert.ok(report.tried > 10_000, shown);
    assert.deepEqual(report.accepted, []);
    assert.equal(report.executed, 0);
    assert.deepEqual(report.crashed, []);
    assert.deepEqual(report.leaked_files, []);
    assert.equal(report.refused + report.read, report.tried);
    // Processor time, not time on the wall: it does not depend on what else the machine does.
    assert.ok(report.cpu_ms_max < BOUND.cpuMs, shown);
    assert.ok(report.growth_mb_max < BOUND.growthMb, shown);
  },
});
