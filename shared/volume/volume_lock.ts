import { join } from "node:path";
import { z } from "zod";
import type { VolumeLayout } from "./layout.ts";
import { makeClosed } from "./modes.ts";

/** The services, each of which exclusively uses its part of a volume. */
export type VolumeRole = "gateway" | "ingestion" | "inference" | "scoring";

/** Another process holds the part of the volume that a service needs; the message names it. */
export class VolumeInUse extends Error {
  /** Creates the error. */
  constructor(message: string) {
    super(message);
    this.name = "VolumeInUse";
  }
}

/** An exclusive lock on a part of a volume, held until it is released or the process ends. */
export interface VolumeLock extends Disposable {
  /** Releases the lock; may be called twice. */
  release(): void;
}

/** How long to wait for a process that is ending, and the polling interval, in milliseconds. */
const ENDING_MS = 1000;
const LOOK_MS = 50;

const holderSchema = z.object({ host: z.string(), pid: z.number(), started_at: z.string() });

/**
 * An operating-system lock, which ends with a process.
 * @throws {VolumeInUse} if another process holds it
 */
export async function lockVolume(layout: VolumeLayout, role: VolumeRole): Promise<VolumeLock> {
  // One folder per service, since each service may write only to its own.
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

/** The content only serves error messages. A full volume must not keep a service from starting. */
async function writeHolder(file: Deno.FsFile): Promise<void> {
  const holder = { host: Deno.hostname(), pid: Deno.pid, started_at: new Date().toISOString() };
  try {
    await file.truncate();
    await file.write(new TextEncoder().encode(JSON.stringify(holder) + "\n"));
  } catch {
    // Then the error in another process cannot name this one.
  }
}

/** In a container the host name is the container's id by default. */
async function describeHolder(path: string): Promise<string> {
  try {
    const holder = holderSchema.parse(JSON.parse(await Deno.readTextFile(path)));
    return `process ${holder.pid} on host ${holder.host}, started ${holder.started_at}`;
  } catch {
    return "another process";
  }
}

/** Runs `work` under a lock that holds across processes; the lock file at `path` is never removed. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  using file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
  await file.lock(true);
  return await work();
}
