import assert from "node:assert/strict";
import { join } from "node:path";

/** Deno's own files beside the packages: other processes make, rename and remove them at any time. */
const NOT_PACKAGES = /^\./;

/**
 * Copies `node_modules`, as hard links where both are on one file system. A symbolic link would lead
 * out of the copy, and a service reads nothing outside its own folder.
 *
 * @param project the project that has them
 * @param copy the folder that gets them
 */
export async function copyModules(project: string, copy: string): Promise<void> {
  const linked = await hasOneFileSystem(project, copy);
  for (const folder of ["node_modules", "node_modules/.deno"]) {
    await Deno.mkdir(join(copy, folder));
    const paths: string[] = [];
    for await (const { name } of Deno.readDir(join(project, folder))) {
      if (!NOT_PACKAGES.test(name) || name === ".bin") paths.push(join(project, folder, name));
    }
    const { success, stderr } = await new Deno.Command("cp", {
      args: [linked ? "-al" : "-a", "--target-directory", join(copy, folder), ...paths],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  }
}

async function hasOneFileSystem(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => Deno.stat(path)));
  return one!.dev === other!.dev;
}
