import assert from "node:assert/strict";
import { join } from "node:path";
import { docker, runDocker, TINY_IMAGE } from "./engine.ts";

/** A Docker engine that a test may kill, with its own socket, data and pid file. */
export interface OwnEngine extends AsyncDisposable {
  /** Variables with which clients find it. */
  readonly environment: Record<string, string>;
  /** Runs `docker` on it and returns the output. */
  docker(...args: string[]): Promise<string>;
  /** Kills the engine with SIGKILL; its containers stay until it starts again. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Timeout of its start, in milliseconds. */
const START_MS = 60_000;

/**
 * Starts an engine with the tiny image and no network.
 *
 * @param options `path`: where it looks for programs, including the GPU hook
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
    // Its own network namespace: an engine without a bridge removes docker0, which belongs to another engine.
    const script = `setsid unshare --net dockerd "$@" >>"$0" 2>&1 </dev/null &`;
    // containerd writes a crash report there if it is killed while busy.
    const env = { TMPDIR: folder, ...(options.path === undefined ? {} : { PATH: options.path }) };
    const path = join(folder, "log");
    const launch = async (): Promise<number> => {
      const before = await Deno.stat(path).then(({ size }) => size, () => 0);
      await new Deno.Command("bash", { args: ["-c", script, path, ...args], env }).output();
      return before;
    };
    let before = await launch();
    const deadline = performance.now() + START_MS;
    while (!await answers()) {
      const log = await Deno.readTextFile(path).catch(() => "");
      // dockerd gives containerd 15 s, which a busy machine may not keep.
      if (/failed to start containerd/.test(log.slice(before))) before = await launch();
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
    // A killed engine leaves its containerd to the next engine, which may not stop it.
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

/** A killed containerd forgets the shims of containers that were ending; they must be killed here. */
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
      // It has ended since, or is a kernel thread, which has no command line.
      if (!(error instanceof Deno.errors.NotFound) && !isGone(error)) throw error;
    }
  }
}

/** Reading about a process that has just ended fails with ESRCH. */
function isGone(error: unknown): boolean {
  return error instanceof Error && /os error 3\b/.test(error.message);
}

/** A killed engine leaves mounts behind. */
async function removeWithMounts(folder: string): Promise<void> {
  const script =
    'grep -F " $0/" /proc/mounts | cut -d" " -f2 | sort -r | xargs -r umount -l; rm -rf "$0"';
  const { success } = await new Deno.Command("bash", { args: ["-c", script, folder] }).output();
  assert.ok(success, `${folder} cannot be removed`);
}

/** Ends the process in a pid file and waits until it is gone. */
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
