import assert from "node:assert/strict";
import { join } from "node:path";
import { SETTINGS } from "../../shared/settings.ts";
import { PROJECT } from "../support/embedded_service.ts";
import { works } from "../support/tools.ts";

const FOLDER = join(PROJECT, "deployment/systemd");
const SERVICES = ["gateway", "ingestion", "inference", "scoring"];
const UNITS = ["mammoeval.service", ...SERVICES.map((name) => `mammoeval@${name}.service`)];
/** systemd's measure of what a service may still do, 0 (nothing) to 100; it calls up to 49 OK. */
const EXPOSURE_MAX = 35;

/** Copies the units to where systemd looks, with the Deno of this machine. */
async function withUnits(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-systemd-" });
  try {
    await copyUnits(FOLDER, folder);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copyUnits(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyUnits(join(from, name), join(to, name));
    else {
      const text = await Deno.readTextFile(join(from, name));
      await Deno.writeTextFile(
        join(to, name),
        text.replaceAll("/usr/local/bin/deno", Deno.execPath())
          .replaceAll("file:/opt/mammoeval", `file:${PROJECT}`),
      );
    }
  }
}

async function analyze(folder: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", {
    args: [...args],
    // A colon at the end: systemd's own folders come after ours.
    env: { SYSTEMD_UNIT_PATH: `${folder}:`, SYSTEMD_COLORS: "0" },
  }).output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, `systemd-analyze ${args.join(" ")}: ${said}${complained}`);
  // verify complains of what it ignores, an unknown name of a setting above all, and ends with 0.
  const ours = complained!.split("\n").filter((line) => line.includes("mammoeval"));
  assert.deepEqual(ours, []);
  return said!;
}

Deno.test({
  name: "systemd reads every unit, and finds little that they may still do",
  ignore: !works("systemd-analyze", ["--version"]),
  async fn(): Promise<void> {
    await withUnits(async (folder) => {
      await analyze(folder, ["verify", "--man=no", ...UNITS, "mammoeval.target"]);
      const threshold = `--threshold=${EXPOSURE_MAX}`;
      for (const unit of ["mammoeval.service", "mammoeval@.service"]) {
        await analyze(folder, ["security", "--offline=true", threshold, join(folder, unit)]);
      }
    });
  },
});

Deno.test("the units name settings that there are, and only inference has the engine", async () => {
  const read = (name: string): Promise<string> => Deno.readTextFile(join(FOLDER, name));
  const hasEngine = /^SupplementaryGroups=docker$/m;
  assert.doesNotMatch(await read("mammoeval@.service"), hasEngine);
  for (const service of ["gateway", "ingestion", "inference"]) {
    const own = await read(`mammoeval@${service}.service.d/own.conf`);
    assert.equal(hasEngine.test(own), service === "inference", service);
  }
  const environments = ["settings", ...SERVICES].map((name) => `etc/${name}`);
  for (const name of [...environments, "mammoeval.service", "mammoeval@.service"]) {
    const text = await read(name);
    for (const [setting] of text.matchAll(/MAMMOEVAL_[A-Z_]+/g)) {
      assert.ok(setting in SETTINGS, `${setting} in ${name}`);
    }
  }
});
