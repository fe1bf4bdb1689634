import assert from "node:assert/strict";
import { join } from "node:path";
import { docker, runDocker, TINY_IMAGE } from "./engine.ts";

/** A Docker engine that a test may kill: own socket, own data, own pid file. */
export interface OwnEngine extends AsyncDisposable {
  /** What clients need to find it. */
  readonly environment: Record<string, string>;
  /** Runs `docker` on it and gives what it wrote. */
  docker(...args: string[]): Promise<string>;
  /** SIGKILL to the engine; its containers stay until it is started again. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Time that an engine has to answer after its start, in milliseconds. */
const START_MS = 60_000;

/**
 * Starts an engine that has the tiny image and no network.
 *
 * @param options `path`: where it looks for programs, the GPU hook among them
 */
export async function startOwnEngine(options: { path?: string } = {}): Promise<OwnEngine> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-engine-" });
  const environment = { DOCKER_HOST: `unix://${folder}/docker.sock` };
  const pidFile = join(folder, "docker.pid");

  async function answers(): Promise<boolean> {
    return (await runDocker(["version"], environment)).code === 0;
  }

  async function start(): Promise<void> {
    await Deno.remove(pidFile).catch(() => {});
    const args = [
      `--host=${environment.DOCKER_HOST}`,
      ...["data-root", "exec-root"].map((name) => `--${name}=${join(folder, name)}`),
      `--pidfile=${pidFile}`,
      "--bridge=none",
      "--iptables=false",
    ];
    // A network of its own: an engine without a bridge removes docker0, and that is another engine's.
    const script = `setsid unshare --net dockerd "$@" >>"$0" 2>&1 </dev/null &`;
    // containerd writes its last words there when it is ended while it is busy.
    const env = { TMPDIR: folder, ...(options.path === undefined ? {} : { PATH: options.path }) };
    await new Deno.Command("bash", { args: ["-c", script, join(folder, "log"), ...args], env })
      .output();
    const deadline = performance.now() + START_MS;
    while (!await answers()) {
      const log = await Deno.readTextFile(join(folder, "log")).catch(() => "");
      assert.ok(performance.now() < deadline, `dockerd does not answer: ${log.slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function kill(): Promise<void> {
    await end(pidFile, "SIGKILL");
  }

  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    await end(pidFile, "SIGTERM");
    // One that was killed once leaves its containerd to the next, which may not end it.
    await end(join(folder, "exec-root/containerd/containerd.pid"), "SIGTERM");
    endShims(folder);
    await removeWithMounts(folder);
  });
  await start();
  await loadTiny(folder, environment);
  const made = stack.move();
  return {
    environment,
    async docker(...args): Promise<string> {
      const { code, stdout, stderr } = await runDocker(args, environment);
      assert.equal(code, 0, `docker ${args.join(" ")}: ${stderr}`);
      return stdout.trim();
    },
    kill,
    start,
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

async function loadTiny(folder: string, environment: Record<string, string>): Promise<void> {
  const archive = join(folder, "tiny.tar");
  await docker("save", "--output", archive, TINY_IMAGE);
  const { code, stderr } = await runDocker(["load", "--input", archive], environment);
  assert.equal(code, 0, stderr);
  await Deno.remove(archive);
}

/** A containerd that was killed forgets shims of containers that were ending: nobody else ends those. */
function endShims(folder: string): void {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      if (!line.includes(`${folder}/exec-root/`)) continue;
      const children = Deno.readTextFileSync(`/proc/${name}/task/${name}/children`).trim();
      for (const pid of [...children.split(" ").filter(Boolean), name]) {
        Deno.kill(Number(pid), "SIGKILL");
      }
    } catch (error) {
      // It has ended since, or it was a thread of the kernel, of which there is nothing to read.
      if (!(error instanceof Deno.errors.NotFound) && !isGone(error)) throw error;
    }
  }
}

/** Reading of a process that has just ended fails with ESRCH. */
function isGone(error: unknown): boolean {
  return error instanceof Error && /os error 3\b/.test(error.message);
}

/** An engine that was killed has left mounts behind. */
async function removeWithMounts(folder: string): Promise<void> {
  const script =
    'grep -F " $0/" /proc/mounts | cut -d" " -f2 | sort -r | xargs -r umount -l; rm -rf "$0"';
  const { success } = await new Deno.Command("bash", { args: ["-c", script, folder] }).output();
  assert.ok(success, `${folder} cannot be removed`);
}

/** Ends the process that a pid file names, and waits until it is gone. */
async function end(pidFile: string, signal: Deno.Signal): Promise<void> {
  const pid = Number(await Deno.readTextFile(pidFile).catch(() => "0"));
  if (pid <= 0) return;
  try {
    Deno.kill(pid, signal);
    while (true) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      Deno.kill(pid, "SIGCONT");
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
