import { join } from "node:path";

/** A control group with a memory limit, for processes of a test. */
export interface MemoryCgroup extends AsyncDisposable {
  readonly folder: string;
  /** Returns the peak memory of its processes together, in bytes. */
  most(): Promise<number>;
  /** Returns how many of its processes the kernel killed for lack of memory. */
  killed(): Promise<number>;
}

const ROOT = "/sys/fs/cgroup";

/** File names of one cgroup version. */
interface Version {
  /** Folder in which groups are created. */
  readonly parent: string;
  readonly limit: string;
  /** Limit on swap, including memory or not; files that the kernel lacks are skipped. */
  readonly swap: (bytes: number) => readonly (readonly [file: string, value: string])[];
  readonly most: string;
  readonly events: string;
}

const VERSION_1: Version = {
  parent: join(ROOT, "memory"),
  limit: "memory.limit_in_bytes",
  swap: (bytes) => [["memory.memsw.limit_in_bytes", String(bytes)], ["memory.swappiness", "0"]],
  most: "memory.max_usage_in_bytes",
  events: "memory.oom_control",
};
const VERSION_2: Version = {
  parent: ROOT,
  limit: "memory.max",
  swap: () => [["memory.swap.max", "0"]],
  most: "memory.peak",
  events: "memory.events",
};

/**
 * Creates a control group of version 1 or 2, whichever this machine has.
 *
 * @param bytes limit of all its processes together, including the page cache
 * @throws if none can be created
 */
export async function makeMemoryCgroup(bytes: number): Promise<MemoryCgroup> {
  const version = await hasVersion1() ? VERSION_1 : VERSION_2;
  if (version === VERSION_2) await write(join(ROOT, "cgroup.subtree_control"), "+memory");
  const folder = join(version.parent, `mammoeval-test-${crypto.randomUUID()}`);
  await Deno.mkdir(folder);
  const made: MemoryCgroup = {
    folder,
    most: async () => Number(await Deno.readTextFile(join(folder, version.most))),
    killed: async () => {
      const events = await Deno.readTextFile(join(folder, version.events));
      return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
    },
    [Symbol.asyncDispose]: () => removeEmpty(folder),
  };
  try {
    await write(join(folder, version.limit), String(bytes));
    for (const [file, value] of version.swap(bytes)) {
      await write(join(folder, file), value).catch(() => {}); // a kernel without swap accounting
    }
    return made;
  } catch (error) {
    await made[Symbol.asyncDispose]();
    throw error;
  }
}

/** Returns why no control group can be created here, or null. */
export async function missingForMemoryCgroup(): Promise<string | null> {
  try {
    await using _group = await makeMemoryCgroup(64 * 1024 * 1024);
    return null;
  } catch (error) {
    return `no control group with a memory limit can be made: ${error}`;
  }
}

async function hasVersion1(): Promise<boolean> {
  return await Deno.stat(join(VERSION_1.parent, VERSION_1.limit)).then(() => true, () => false);
}

async function write(path: string, value: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.write(new TextEncoder().encode(value));
}

/** A group can be removed once its last process is gone, which may take the kernel a moment. */
async function removeEmpty(folder: string): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      return await Deno.remove(folder);
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
