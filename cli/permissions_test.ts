import assert from "node:assert/strict";
import { join } from "node:path";
import { findPrograms, permissionFlags, type ProgramNeeds, together } from "./permissions.ts";

function flags(needs: Partial<ProgramNeeds>, hidden: readonly string[] = []): string[] {
  return permissionFlags("/project", together(needs), hidden);
}

const valuesOf = (all: string[], flag: string): string[] | undefined =>
  all.find((text) => text.startsWith(`${flag}=`))?.slice(flag.length + 1).split(",");

Deno.test("a program may write what it names, and read that and the project", () => {
  const all = flags({ read: ["/images"], write: ["/out", "/volume"] });
  assert.deepEqual(valuesOf(all, "--allow-write"), ["/out", "/volume"]);
  const read = valuesOf(all, "--allow-read")!;
  for (const path of ["/project", "/volume", "/images", "/out"]) {
    assert.ok(read.includes(path), path);
  }
  assert.equal(new Set(read).size, read.length, "nothing twice");
});

Deno.test("what is hidden is denied although its folder is open", () => {
  const all = flags({ read: ["/volume"] }, ["/volume/ledger"]);
  assert.deepEqual(valuesOf(all, "--deny-read"), ["/volume/ledger"]);
  assert.deepEqual(valuesOf(all, "--deny-write"), ["/volume/ledger"]);
});

Deno.test("what several need together is each thing once", () => {
  const parts = [{ read: ["/a"], net: ["h:1"] }, { read: ["/a", "/b"], run: ["/bin/x"] }];
  const expected = { read: ["/a", "/b"], write: [], net: ["h:1"], run: ["/bin/x"] };
  assert.deepEqual(together(...parts), expected);
});

Deno.test("addresses of a machine's metadata are denied, whatever is allowed", () => {
  const all = flags({ net: ["hooks.site"] });
  assert.deepEqual(valuesOf(all, "--allow-net"), ["hooks.site"]);
  assert.deepEqual(valuesOf(all, "--deny-net"), ["169.254.0.0/16"]);
});

Deno.test("the runtime knows every flag, and lets a service set its umask", async () => {
  const all = flags({ read: ["/a"], write: ["/b"], net: ["127.0.0.1:1"], run: ["/bin/true"] }, [
    "/a/hidden",
  ]);
  const program = "data:application/javascript,Deno.umask(0o022)";
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...all, program],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});

Deno.test("no network and no program unless needed, never everything", () => {
  const least = flags({});
  assert.ok(!least.some((flag) => /^--allow-(net|run)/.test(flag)));
  for (const all of [least, flags({ net: ["127.0.0.1:8000"], run: ["/usr/bin/docker"] })]) {
    assert.ok(all.includes("--no-prompt"));
    const everything = all.filter((flag) => /^(-A|--allow-all)$|^--allow-\w+=?$/.test(flag));
    assert.deepEqual(everything, ["--allow-sys"]);
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
