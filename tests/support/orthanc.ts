import assert from "node:assert/strict";
import { join } from "node:path";
import { freePort } from "./free_port.ts";
import { works } from "./tools.ts";

const PROGRAM = "/usr/sbin/Orthanc";
const PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
/** Time that it has to answer after its start, in milliseconds: a busy machine is slow. */
const START_MS = 60_000;

/** A real PACS on this machine. */
export interface Orthanc extends AsyncDisposable {
  /** Base URL of its DICOMweb service. */
  readonly url: string;
  /** Stores a DICOM file; tells whether it was one. */
  store(file: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

/** Whether Orthanc with its DICOMweb plugin is here. */
export function hasOrthanc(): boolean {
  try {
    return Deno.statSync(PLUGIN).isFile && works(PROGRAM, ["--version"]);
  } catch {
    return false;
  }
}

/**
 * Starts Orthanc on a free port; it answers to this machine alone.
 *
 * @param folder for its database; exists
 */
export async function startOrthanc(folder: string): Promise<Orthanc> {
  const port = freePort();
  const base = `http://127.0.0.1:${port}`;
  const configuration = {
    StorageDirectory: join(folder, "db"),
    IndexDirectory: join(folder, "db"),
    HttpPort: port,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomServerEnabled: false,
    Plugins: [PLUGIN],
    DicomWeb: { Enable: true, Root: "/dicom-web/" },
  };
  const path = join(folder, "orthanc.json");
  await Deno.writeTextFile(path, JSON.stringify(configuration));
  const child = new Deno.Command(PROGRAM, { args: [path], stdout: "null", stderr: "null" }).spawn();
  const deadline = performance.now() + START_MS;
  while (!await fetch(`${base}/system`).then((answer) => answer.text()).catch(() => "")) {
    assert.ok(performance.now() < deadline, "Orthanc does not start");
    await new Promise((go) => setTimeout(go, 50));
  }
  return {
    url: `${base}/dicom-web`,
    async store(file): Promise<boolean> {
      const answer = await fetch(`${base}/instances`, { method: "POST", body: file });
      await answer.body?.cancel();
      return answer.ok;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}
