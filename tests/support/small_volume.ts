import assert from "node:assert/strict";

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
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-volume-" });
  const image = `${folder}.ext4`;
  await command("truncate", `--size=${mebibytes}M`, image);
  await command("mkfs.ext4", "-q", "-m", "0", image);
  await command("mount", "-o", "loop", image, folder);
  return {
    folder,
    async [Symbol.asyncDispose](): Promise<void> {
      await command("umount", "--lazy", folder);
      await Deno.remove(folder);
      await Deno.remove(image);
    },
  };
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
