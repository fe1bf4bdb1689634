import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";
import { type EngineNeeds, engineTest } from "./engine.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** A Slurm cluster of two nodes with three fake GPUs, for one test. */
export interface SlurmCluster extends AsyncDisposable {
  /** Variables with which clients find it. */
  readonly environment: Record<string, string>;
  /** Runs one of Slurm's programs and returns its output. */
  run(program: string, ...args: string[]): Promise<string>;
  stopController(): Promise<void>;
  startController(): Promise<void>;
}

const SCRIPT = join(PROJECT, ".ci/slurm_cluster.sh");

/** Lowest port of test clusters; above Linux's ephemeral ports. */
const PORT_FIRST = 61_000;
/** Ports of one cluster. */
const PORTS = 5;

/**
 * Starts a cluster; disposing of it stops everything.
 * @param hasAccounting whether it has a slurmdbd, so that `sacct` tells about ended jobs
 */
export async function startSlurm(hasAccounting = false): Promise<SlurmCluster> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-slurm-");
  const port = PORT_FIRST + Math.floor(Math.random() * 900) * PORTS;
  // Also stops what a failed start left running.
  stack.defer(async () => void await command(SCRIPT, ["stop", folder]));
  await command(SCRIPT, ["start", folder], {
    MAMMOEVAL_SLURM_PORT: String(port),
    MAMMOEVAL_SLURM_ACCOUNTING: hasAccounting ? "1" : "0",
  });
  const made = stack.move();
  const environment = { SLURM_CONF: join(folder, "slurm.conf") };
  return {
    environment,
    run: (program, ...args) => command(program, args, environment),
    stopController: async () => void await command(SCRIPT, ["controller-stop", folder]),
    startController: async () => void await command(SCRIPT, ["controller-start", folder]),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/** The output goes to a file: daemons inherit a pipe and keep it open. */
async function command(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<string> {
  const output = await Deno.makeTempFile();
  try {
    const line = ["-c", 'exec "$@" >"$0" 2>&1 </dev/null', output, program, ...args];
    const { code } = await new Deno.Command("bash", { args: line, env }).output();
    const text = await Deno.readTextFile(output);
    assert.equal(code, 0, `${program} ${args.join(" ")}: ${text}`);
    return text.trim();
  } finally {
    await Deno.remove(output);
  }
}

/**
 * Registers a test that needs Slurm's programs, root and a Docker engine. If something is missing, the test is ignored,
 * never passed; with `MAMMOEVAL_TEST_SLURM=required` it fails.
 */
export async function slurmTest(
  name: string,
  test: (t: Deno.TestContext) => Promise<void>,
  needs: EngineNeeds = { gpus: true },
): Promise<void> {
  const missing = await missingForSlurm();
  if (missing === null) return await engineTest(name, test, needs);
  if (Deno.env.get("MAMMOEVAL_TEST_SLURM") === "required") {
    Deno.test(name, () => assert.fail(`Slurm tests are required here, but ${missing}`));
    return;
  }
  Deno.test({ name, ignore: true, fn: test });
}

/** Returns what the tests of Slurm lack here, or null. */
export async function missingForSlurm(): Promise<string | null> {
  if (Deno.uid() !== 0) return "only root can start a Slurm";
  for (const program of ["slurmctld", "slurmd", "munged", "sbatch", "slurmdbd", "mariadbd"]) {
    const { success } = await new Deno.Command("bash", {
      args: ["-c", `PATH=$PATH:/usr/sbin command -v ${program}`],
      stdout: "null",
    }).output();
    if (!success) return `there is no ${program}: run .ci/slurm_cluster.sh install`;
  }
  return null;
}
