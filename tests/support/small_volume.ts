import assert from "node:assert/strict";
import { temporaryFolder } from "./temporary_folder.ts";

/** A separate file system of a few megabytes that a test may fill. */
export interface SmallVolume extends AsyncDisposable {
  readonly folder: string;
}

/** Creates a file system in a file and mounts it; needs root. */
export async function mountSmallVolume(mebibytes: number): Promise<SmallVolume> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-volume-");
  const image = `${folder}.ext4`;
  stack.defer(() => Deno.remove(image));
  await command("truncate", `--size=${mebibytes}M`, image);
  await command("mkfs.ext4", "-q", "-m", "0", image);
  await command("mount", "-o", "loop", image, folder);
  stack.defer(() => command("umount", "--lazy", folder));
  const made = stack.move();
  return { folder, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

/** Mounts a file system in memory; needs root. */
export async function mountMemory(mebibytes: number): Promise<SmallVolume> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-memory-");
  await command("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder);
  stack.defer(() => command("umount", "--lazy", folder));
  const made = stack.move();
  return { folder, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

/** Returns why no memory file system can be mounted here, or null. */
export async function missingForMemory(): Promise<string | null> {
  if (Deno.uid() !== 0) return "only root can mount";
  try {
    await using _volume = await mountMemory(1);
    return null;
  } catch (error) {
    return `memory cannot be mounted: ${String(error).split("\n")[0]}`;
  }
}

/**
 * Fills a file system completely.
 *
 * @param path of the file that grows
 * @param leave approximate number of bytes to leave free
 */
export async function fillUp(path: string, leave = 0): Promise<void> {
  const file = await Deno.open(path, { append: true, create: true });
  const block = new Uint8Array(64 * 1024);
  try {
    for (let size = block.length; size >= 512; size >>= 1) {
      try {
        while (true) await file.write(block.subarray(0, size));
      } catch {
        // Full for blocks of this size; smaller ones fill the rest.
      }
    }
    if (leave > 0) await file.truncate(Math.max(0, (await file.stat()).size - leave));
  } finally {
    file.close();
  }
}

/** Returns why no small volume can be mounted here, or null. */
export async function missingForSmallVolume(): Promise<string | null> {
  if (Deno.uid() !== 0) return "only root can mount a volume";
  try {
    await using _volume = await mountSmallVolume(4);
    return null;
  } catch (error) {
    return `a file cannot be mounted as a volume: ${String(error).split("\n")[0]}`;
  }
}

async function command(program: string, ...args: string[]): Promise<void> {
  const env = { PATH: `${Deno.env.get("PATH")}:/usr/sbin:/sbin` };
  const { success, stderr } = await new Deno.Command(program, { args, env }).output();
  assert.ok(success, `${program}: ${new TextDecoder().decode(stderr)}`);
}
