import assert from "node:assert/strict";
import { temporaryFolder } from "./temporary_folder.ts";

/** A file system of its own, of a few megabytes, that a test may fill. */
export interface SmallVolume extends AsyncDisposable {
  readonly folder: string;
}

/**
 * Makes a file system in a file and mounts it; needs root.
 *
 * @param mebibytes its size
 */
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

/** @returns why no small volume can be mounted here, or null when one can */
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
