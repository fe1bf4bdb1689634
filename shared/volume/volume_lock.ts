import { join } from "node:path";
import { z } from "zod";
import type { VolumeLayout } from "./layout.ts";
import { makeClosed } from "./modes.ts";

/** The services, each of which works alone on its part of a volume. */
export type VolumeRole = "gateway" | "ingestion" | "inference" | "scoring";

/** Another process has the part of the volume that a service needs; the message names it. */
export class VolumeInUse extends Error {
  /** Creates the error. */
  constructor(message: string) {
    super(message);
    this.name = "VolumeInUse";
  }
}

/** A part of a volume that this process has for itself until it gives it back or ends, however it ends. */
export interface VolumeLock extends Disposable {
  /** Gives the part back; may be called twice. */
  release(): void;
}

/** How long to wait for a process that is just ending, and how often to look, in milliseconds. */
const ENDING_MS = 1000;
const LOOK_MS = 50;

const holderSchema = z.object({
  host: z.string(),
  pid: z.number(),
  started_at: z.string(),
});

/**
 * Takes a service's part of a volume. The lock is the operating system's (flock): a process that was
 * killed holds none, whatever its file still says.
 *
 * @returns the lock; it ends with this process
 * @throws {VolumeInUse} when another process has it
 */
export async function lockVolume(layout: VolumeLayout, role: VolumeRole): Promise<VolumeLock> {
  // A folder for each, since each service may write into its own alone.
  await makeClosed(join(layout.locks, role));
  const path = join(layout.locks, role, "lock");
  const file = await Deno.open(path, { create: true, read: true, write: true });
  try {
    await takeLock(file, path, layout.home, role);
    await writeHolder(file);
  } catch (error) {
    file.close();
    throw error;
  }
  let held = true;
  function release(): void {
    if (held) file.close();
    held = false;
  }
  return { release, [Symbol.dispose]: release };
}

async function takeLock(
  file: Deno.FsFile,
  path: string,
  home: string,
  role: VolumeRole,
): Promise<void> {
  const started = performance.now();
  while (!await file.tryLock(true)) {
    if (performance.now() - started > ENDING_MS) {
      throw new VolumeInUse(
        `Cannot start ${role}: the volume ${home} is in use by ${await describeHolder(path)}. ` +
          "Stop that one, or set MAMMOEVAL_URL to use it, or MAMMOEVAL_HOME to another volume",
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** For people only: what the file says decides nothing. A full volume must not keep a service from starting. */
async function writeHolder(file: Deno.FsFile): Promise<void> {
  const holder = { host: Deno.hostname(), pid: Deno.pid, started_at: new Date().toISOString() };
  try {
    await file.truncate();
    await file.write(new TextEncoder().encode(JSON.stringify(holder) + "\n"));
  } catch {
    // Then the refusal that somebody else gets cannot name this process.
  }
}

/** In a container the host's name is the container's id, unless it was given another. */
async function describeHolder(path: string): Promise<string> {
  try {
    const holder = holderSchema.parse(JSON.parse(await Deno.readTextFile(path)));
    return `process ${holder.pid} on host ${holder.host}, started ${holder.started_at}`;
  } catch {
    return "another process";
  }
}

/**
 * Does work on a file of the volume that no other call does at the same time, in whatever process.
 *
 * @param path of a file that exists for this purpose; made when missing, never removed
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  using file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
  await file.lock(true);
  return await work();
}
