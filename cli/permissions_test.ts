import assert from "node:assert/strict";
import { join } from "node:path";
import { readSettings } from "../shared/settings.ts";
import { findPrograms, permissionFlags, type ProgramNeeds } from "./permissions.ts";

const NOTHING: ProgramNeeds = { read: [], write: [], net: [], run: [] };

function flags(needs: Partial<ProgramNeeds>, variables: Record<string, string> = {}): string[] {
  const settings = readSettings((name) => variables[name], "/project");
  return permissionFlags("/project", settings, { ...NOTHING, ...needs });
}

const valuesOf = (all: string[], flag: string): string[] | undefined =>
  all.find((text) => text.startsWith(`${flag}=`))?.slice(flag.length + 1).split(",");

Deno.test("a program may write the volume and what it names, and read those and the data", () => {
  const all = flags({ read: ["/images"], write: ["/out"] }, {
    MAMMOEVAL_HOME: "/volume",
    MAMMOEVAL_DATA_ROOTS: "/data",
  });
  assert.deepEqual(valuesOf(all, "--allow-write"), ["/volume", "/volume/preprocessed", "/out"]);
  const read = valuesOf(all, "--allow-read")!;
  for (const path of ["/project", "/volume", "/data", "/images", "/out"]) {
    assert.ok(read.includes(path), path);
  }
  assert.equal(new Set(read).size, read.length, "nothing twice");
});

Deno.test("no network and no program unless needed, never everything", () => {
  const least = flags({});
  assert.ok(!least.some((flag) => /^--allow-(net|run)/.test(flag)));
  for (const all of [least, flags({ net: ["127.0.0.1:8000"], run: ["/usr/bin/docker"] })]) {
    assert.ok(all.includes("--no-prompt"));
    assert.ok(!all.some((flag) => /^(-A|--allow-all)$|^--allow-\w+=?$/.test(flag)), all.join(" "));
  }
});

Deno.test("a path with a comma would give away more than it names", () => {
  assert.throws(() => flags({ write: ["/out,/etc"] }), /\/out,\/etc: its name has a comma/);
});

Deno.test("programs are found as a shell finds them: first in PATH, executable, a file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    await Deno.mkdir(join(first, "folder"), { recursive: true });
    await Deno.mkdir(second);
    await Deno.writeTextFile(join(first, "plain"), "");
    for (const path of [join(second, "plain"), join(second, "folder"), join(second, "tool")]) {
      await Deno.writeTextFile(path, "", { mode: 0o755 });
    }
    const names = ["plain", "folder", "tool", "missing"];
    assert.deepEqual(
      await findPrograms(names, `${first}:/no/such::${second}`),
      ["plain", "folder", "tool"].map((name) => join(second, name)),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
