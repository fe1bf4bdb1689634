import assert from "node:assert/strict";
import { join } from "node:path";
import { askKernel } from "./kernel_access.ts";

const RUNNER = { uid: 54_321, gid: 54_321 };

/** Whether `setfacl` exists and the file system takes its lists. */
async function setAccess(path: string, entry: string): Promise<boolean> {
  const set = new Deno.Command("setfacl", { args: ["--modify", entry, path], stderr: "null" });
  return (await set.output().catch(() => null))?.success === true;
}

Deno.test({
  name:
    "askKernel: modes, folders on the way, links and access control lists, as the user meets them",
  // Only root can become another user.
  ignore: Deno.uid() !== 0,
  async fn(): Promise<void> {
    // The user may not pass through this folder: only what is below the images folder counts.
    const outside = await Deno.makeTempDir({ prefix: "mammoeval-access-" });
    const folder = join(outside, "images");
    try {
      await Deno.mkdir(join(folder, "shut"), { recursive: true });
      for (const path of [folder, join(folder, "shut")]) await Deno.chmod(path, 0o711);
      const names = [
        "-r.png",
        "own.png",
        "two words\n.png",
        "shut/in.png",
        "granted.png",
        "denied.png",
      ];
      for (const name of names) {
        await Deno.writeTextFile(join(folder, name), "");
        await Deno.chmod(join(folder, name), 0o644);
      }
      await Deno.symlink("shut/in.png", join(folder, "link.png"));
      await Deno.chmod(join(folder, "own.png"), 0o600);
      await Deno.chmod(join(folder, "granted.png"), 0o600);
      await Deno.chmod(join(folder, "shut"), 0o700);
      const asked = [...names, "link.png", "nothing.png"];
      const lists = await setAccess(join(folder, "granted.png"), `user:${RUNNER.uid}:r`) &&
        await setAccess(join(folder, "denied.png"), `user:${RUNNER.uid}:-`);
      const closed = await askKernel(RUNNER, folder, asked);
      assert.deepEqual([...closed!].sort(), [
        ...(lists ? ["denied.png"] : ["granted.png"]),
        ...["link.png", "nothing.png", "own.png", "shut/in.png"],
      ]);
      assert.equal(await askKernel({ uid: 2 ** 33, gid: 1 }, folder, asked), null, "no such id");
      assert.equal(await askKernel(RUNNER, join(folder, "gone"), asked), null, "no such folder");
    } finally {
      await Deno.remove(outside, { recursive: true });
    }
  },
});
