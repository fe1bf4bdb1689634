import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { freePort } from "../support/free_port.ts";
import { end, launch, untilReady } from "../support/launch.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the launcher to its end. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-env", "--allow-read"],
      ...[`--allow-run=${Deno.execPath()}`, join(PROJECT, "cli/launch.ts"), ...args],
    ],
    cwd: PROJECT,
    env,
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

Deno.test("beside a running service: a second start names the port, the doctor asks the one that runs", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-start-");
  const [log, port] = [join(folder, "log"), freePort()];
  const settings = { MAMMOEVAL_EXECUTOR: "process", MAMMOEVAL_HOME: join(folder, "home") };
  const service = launch("gateway", port, log, settings);
  stack.defer(() => end(service));
  await untilReady(`http://127.0.0.1:${port}`, log);
  const env = { ...settings, MAMMOEVAL_PORT: String(port) };

  const doctor = await run(["doctor"], env);
  assert.equal(doctor.code, 0, doctor.err);
  assert.match(doctor.out, new RegExp(`answer at http://127\\.0\\.0\\.1:${port}`));
  assert.doesNotMatch(doctor.out, /BROKEN/);

  const elsewhere = join(folder, "other");
  const second = await run(["serve", "gateway"], { ...env, MAMMOEVAL_HOME: elsewhere });
  assert.equal(second.code, 2, second.err);
  assert.match(second.err, new RegExp(`127\\.0\\.0\\.1:${port}: .*MAMMOEVAL_PORT`));
  await assert.rejects(Deno.lstat(elsewhere), Deno.errors.NotFound, "nothing was begun");

  const told = (await Deno.readTextFile(log)).split("\n").find((line) => line.includes("runs"));
  assert.equal(JSON.parse(told!).url, `http://127.0.0.1:${port}`);
});

Deno.test("a setting that is nearly one is refused before anything begins", async () => {
  for (const args of [["serve", "gateway"], ["doctor"]]) {
    const { code, err } = await run(args, { MAMMOEVAL_PROT: "1" });
    assert.equal(code, 2);
    assert.match(err, /no MAMMOEVAL_PROT; did you mean MAMMOEVAL_PORT\?/);
  }
  const { code, err } = await run(["help"], { MAMMOEVAL_PROT: "1" });
  assert.deepEqual([code, err], [0, ""], "help helps in any case");
});
