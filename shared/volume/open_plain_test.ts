import assert from "node:assert/strict";
import { join } from "node:path";
import { openPlain, readPlain } from "./open_plain.ts";

Deno.test("a plain file is read, up to its bound; links, folders, pipes and nothing are not", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-plain-" });
  try {
    const [file, link, pipe] = ["file", "link", "pipe"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await Deno.writeTextFile(file, "abc");
    await Deno.symlink(file, link);
    assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
    assert.equal(new TextDecoder().decode((await readPlain(file))!), "abc");
    await assert.rejects(readPlain(file, 2), /RangeError: over 2 bytes/);
    for (const other of [link, pipe, folder, join(folder, "none"), join(file, "x")]) {
      assert.equal(await openPlain(other), null, other);
      assert.equal(await readPlain(other), null, other);
    }
    const large = Uint8Array.from({ length: 1_000_000 }, (_, at) => at % 251);
    await Deno.writeFile(file, large);
    assert.ok((await readPlain(file))!.every((byte, at) => byte === at % 251));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that somebody keeps swapping for a link never gives what the link leads to", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-plain-" });
  const [file, secret] = [join(folder, "file"), join(folder, "secret")];
  await Deno.writeTextFile(secret, "the secret");
  // The trap lets the current command end, so that nothing is being written when the folder is removed.
  const swap =
    `trap exit TERM; while :; do ln -sf '${secret}' '${file}.l'; mv -f '${file}.l' '${file}';
    printf mine >'${file}.m'; mv -f '${file}.m' '${file}'; done`;
  const swapper = new Deno.Command("bash", { args: ["-c", swap], stdin: "null" }).spawn();
  try {
    const seen = new Set<string>();
    let rounds = 0;
    // At least 2,000 rounds, and until both outcomes occurred: which one occurs is a matter of timing.
    while (rounds++ < 2_000 || seen.size < 2) {
      const bytes = await readPlain(file);
      seen.add(bytes === null ? "refused" : new TextDecoder().decode(bytes));
      assert.ok(rounds < 200_000, `only ${[...seen]} was ever met`);
    }
    assert.deepEqual([...seen].sort(), ["mine", "refused"]);
  } finally {
    swapper.kill("SIGTERM");
    await swapper.status;
    await Deno.remove(folder, { recursive: true });
  }
});
