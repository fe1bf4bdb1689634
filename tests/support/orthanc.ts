import assert from "node:assert/strict";
import { join } from "node:path";
import { works } from "./tools.ts";

const PROGRAM = "/usr/sbin/Orthanc";
const PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
/** Timeout of its start, in milliseconds: a busy machine is slow. */
const START_MS = 60_000;

/** A real PACS on this machine. */
export interface Orthanc extends AsyncDisposable {
  /** Base URL of its DICOMweb service. */
  readonly url: string;
  /** Stores a DICOM file; returns whether Orthanc accepted it. */
  store(file: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

/** Credentials that it requires. */
export interface OrthancLogin {
  readonly user: string;
  readonly password: string;
}

/** Returns whether Orthanc with its DICOMweb plugin, and the tools to isolate it, are installed. */
export function hasOrthanc(): boolean {
  try {
    return Deno.statSync(PLUGIN).isFile && works(PROGRAM, ["--version"]) && works("socat", ["-V"]);
  } catch {
    return false;
  }
}

/**
 * Starts Orthanc. It always listens on every address, so it runs in its own network namespace; a port of 127.0.0.1
 * leads there through a socket file.
 *
 * @param folder for its database; must exist
 */
export async function startOrthanc(folder: string, login?: OrthancLogin): Promise<Orthanc> {
  const socket = join(folder, "orthanc.socket");
  const child = await startInside(folder, socket, login);
  const headers = login === undefined ? {} : {
    authorization: `Basic ${
      new TextEncoder().encode(`${login.user}:${login.password}`).toBase64()
    }`,
  };
  const door = openDoor(socket);
  const base = `http://127.0.0.1:${door.port}`;
  const stop = async (): Promise<void> => {
    door.close();
    child.kill("SIGTERM");
    await child.status;
  };
  const deadline = performance.now() + START_MS;
  while (
    !await fetch(`${base}/system`, { headers }).then((answer) => answer.text()).catch(() => "")
  ) {
    if (performance.now() > deadline) {
      await stop();
      assert.fail("Orthanc does not start");
    }
    await new Promise((go) => setTimeout(go, 50));
  }
  return {
    url: `${base}/dicom-web`,
    async store(file): Promise<boolean> {
      const answer = await fetch(`${base}/instances`, { method: "POST", body: file, headers });
      await answer.body?.cancel();
      return answer.ok;
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Runs Orthanc and the inner end of the tunnel in their own network namespace; both end together. */
async function startInside(
  folder: string,
  socket: string,
  login: OrthancLogin | undefined,
): Promise<Deno.ChildProcess> {
  const port = 8042;
  const configuration = {
    StorageDirectory: join(folder, "db"),
    IndexDirectory: join(folder, "db"),
    HttpPort: port,
    AuthenticationEnabled: login !== undefined,
    RegisteredUsers: login === undefined ? {} : { [login.user]: login.password },
    RemoteAccessAllowed: true,
    DicomServerEnabled: false,
    Plugins: [PLUGIN],
    DicomWeb: { Enable: true, Root: "/dicom-web/" },
  };
  const path = join(folder, "orthanc.json");
  await Deno.writeTextFile(path, JSON.stringify(configuration));
  const script = `ip link set lo up
    "$0" "$1" >/dev/null 2>&1 & orthanc=$!
    socat "UNIX-LISTEN:$2,fork" "TCP:127.0.0.1:${port}" & socat=$!
    trap 'kill $orthanc $socat; wait $orthanc' TERM
    wait`;
  return new Deno.Command("unshare", {
    args: ["--net", "bash", "-c", script, PROGRAM, path, socket],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Forwards connections to a port of 127.0.0.1 to a socket file. */
function openDoor(socket: string): { port: number; close(): void } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void (async () => {
    for await (const caller of listener) void passOn(caller, socket);
  })();
  return { port: listener.addr.port, close: () => listener.close() };
}

async function passOn(caller: Deno.Conn, path: string): Promise<void> {
  const inside = await Deno.connect({ transport: "unix", path }).catch(() => null);
  if (inside === null) return caller.close();
  // If one side closes, both directions end.
  await Promise.allSettled([
    caller.readable.pipeTo(inside.writable),
    inside.readable.pipeTo(caller.writable),
  ]);
}
