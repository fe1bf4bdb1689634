import assert from "node:assert/strict";
import { join } from "node:path";
import { permissionFlags, together } from "../../cli/permissions.ts";
import { type ServiceName, serviceNeeds, SERVICES } from "../../cli/service_needs.ts";
import { readSettings, type Settings } from "../../shared/settings.ts";
import { PROJECT } from "../support/embedded_service.ts";
import { startServiceProcesses } from "../support/service_processes.ts";
import { contractSuite } from "./suite.ts";

Deno.test("the HTTP contract, four processes with the least permissions", async (t) => {
  await using service = await startServiceProcesses();
  await contractSuite(t, service, PROJECT);

  await t.step("a service that is asked directly answers nobody who is no service", async () => {
    for (const url of Object.values(service.direct)) {
      const answer = await fetch(`${url}/v1/datasets`);
      assert.equal(answer.status, 401);
      await answer.body?.cancel();
      const forged = { "x-mammoeval-service": "guess", "x-mammoeval-role": "admin" };
      const refused = await fetch(`${url}/v1/scores`, { method: "POST", headers: forged });
      assert.equal(refused.status, 401);
      await refused.body?.cancel();
    }
  });
});

/** What each service must not do, as a line of code that tries. */
const BEYOND: Readonly<Record<ServiceName, readonly string[]>> = {
  gateway: [
    'Deno.readTextFileSync(home + "/datasets/sample/dataset.json")',
    'Deno.readTextFileSync(home + "/ledger.sqlite")',
    'new Deno.Command("/bin/true").outputSync()',
  ],
  ingestion: [
    'Deno.writeTextFileSync(home + "/results/x", "")',
    'Deno.readTextFileSync(home + "/access/tokens.json")',
    'Deno.readTextFileSync(home + "/ledger.sqlite")',
    'new Deno.Command("/bin/true").outputSync()',
  ],
  inference: [
    'Deno.writeTextFileSync(home + "/datasets/x", "")',
    'Deno.writeTextFileSync(home + "/scores/x", "")',
    'Deno.readTextFileSync(home + "/access/tokens.json")',
    'new Deno.Command("/bin/sh").outputSync()',
  ],
  scoring: [
    'Deno.writeTextFileSync(home + "/datasets/x", "")',
    'Deno.readTextFileSync(home + "/ledger.sqlite")',
    'Deno.readTextFileSync(home + "/access/tokens.json")',
    'new Deno.Command("/bin/true").outputSync()',
  ],
};

/** What none of them may do. */
const BEYOND_ALL = [
  'Deno.readTextFileSync("/etc/passwd")',
  'Deno.writeTextFileSync(project + "/deno.json", "")',
  'await fetch("http://127.0.0.1:65000/")',
  'Deno.listen({ hostname: "127.0.0.1", port: 0 })',
  'Deno.env.get("HOME")',
  'Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {})',
];

Deno.test("a service that tries more than it may is stopped by the runtime", async (t) => {
  const home = await Deno.makeTempDir();
  const settings: Settings = readSettings(
    (name) => ({ MAMMOEVAL_HOME: home, ...APART })[name],
    PROJECT,
  );
  try {
    for (const service of SERVICES) {
      const { programs: _programs, hidden, ...needs } = serviceNeeds(service, settings);
      const flags = permissionFlags(PROJECT, together(needs), hidden);
      for (const attempt of [...BEYOND[service], ...BEYOND_ALL]) {
        await t.step(`${service}: ${attempt}`, async () => {
          assert.match(await tryOut(attempt, flags, home), /^NotCapable: Requires \w+ access to/);
        });
      }
    }
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

const APART = {
  MAMMOEVAL_DATA_ROOTS: join(PROJECT, "sample_data"),
  MAMMOEVAL_INGESTION_URL: "http://127.0.0.1:1",
  MAMMOEVAL_INFERENCE_URL: "http://127.0.0.1:2",
  MAMMOEVAL_SCORING_URL: "http://127.0.0.1:3",
};

/** Runs a line with the permissions of a service and tells the error that it ends in. */
async function tryOut(line: string, flags: readonly string[], home: string): Promise<string> {
  const script = join(home, "attempt.ts");
  await Deno.writeTextFile(
    script,
    `const [home, project] = Deno.args;
     try { ${line}; console.log("done"); }
     catch (error) { console.log(error.name + ": " + error.message); }`,
  );
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", ...flags, script, home, PROJECT],
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout).trim();
}
