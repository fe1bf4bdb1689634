import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { works } from "../../../tests/support/tools.ts";
import { fetchWithLogin } from "./pacs_logins.ts";

/** A TLS PACS that requires client certificates of its authority; answers with the client's name and login. */
const SERVER = `
import http.server, json, ssl
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        subject = dict(pair[0] for pair in self.connection.getpeercert()["subject"])
        body = json.dumps([subject["commonName"], self.headers.get("authorization")]).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.pem", "server.key")
context.verify_mode = ssl.CERT_REQUIRED
context.load_verify_locations("ca.pem")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
`;

async function openssl(folder: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args, cwd: folder }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes `<name>.pem` and `<name>.key`, signed by `ca`. */
async function issue(folder: string, name: string): Promise<void> {
  await Deno.writeTextFile(
    join(folder, "leaf.cnf"),
    "basicConstraints=critical,CA:FALSE\nsubjectAltName=IP:127.0.0.1\n",
  );
  const [request, key] = [`${name}.csr`, `${name}.key`];
  await openssl(
    folder,
    "req",
    "-new",
    ...KEY,
    "-subj",
    `/CN=${name}`,
    "-keyout",
    key,
    "-out",
    request,
  );
  await openssl(
    ...[folder, "x509", "-req", "-in", request, "-CA", "ca.pem", "-CAkey", "ca.key"] as const,
    ...["-CAcreateserial", "-days", "2", "-extfile", "leaf.cnf", "-out", `${name}.pem`],
  );
}

Deno.test({
  name:
    "logins: a bearer token and a client certificate reach a server that asks for both, over TLS of the site's own",
  ignore: !works("openssl", ["version"]) || !works("python3", ["--version"]),
  async fn(): Promise<void> {
    await using stack = new AsyncDisposableStack();
    const at = await temporaryFolder(stack, "mammoeval-logins-");
    await openssl(
      at,
      "req",
      "-x509",
      ...KEY,
      "-days",
      "2",
      "-subj",
      "/CN=ca",
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
    );
    for (const name of ["server", "reader"]) await issue(at, name);
    const server = new Deno.Command("python3", { args: ["-c", SERVER], cwd: at, stdout: "piped" })
      .spawn();
    try {
      const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const base = `https://127.0.0.1:${(await reader.read()).value!.trim()}/dicom-web`;
      const pem = (name: string): string => Deno.readTextFileSync(join(at, name));
      const [ca, certificate, key] = [pem("ca.pem"), pem("reader.pem"), pem("reader.key")];
      const ask = async (login: unknown): Promise<unknown> => {
        const path = join(at, "logins.json");
        await Deno.writeTextFile(path, JSON.stringify({ [`${base}/`]: login }));
        return await (await fetchWithLogin(path, base)(`${base}/studies`, {})).json();
      };
      assert.deepEqual(await ask({ ca, certificate, key }), ["reader", null]);
      assert.deepEqual(await ask({ ca, certificate, key, token: "t0k.en" }), [
        "reader",
        "Bearer t0k.en",
      ]);
      const basic = { user: "ada", password: "p\u00e4ss:word" };
      assert.deepEqual(await ask({ ca, certificate, key, ...basic }), [
        ...["reader", `Basic ${new TextEncoder().encode("ada:p\u00e4ss:word").toBase64()}`],
      ]);
      for (const login of [{ ca }, { ca, token: "t0k.en" }, { certificate, key }]) {
        await assert.rejects(
          ask(login),
          TypeError,
          "no certificate of the client, or an unknown authority",
        );
      }
      for (const login of [{ ca, certificate }, { ca, key }, { ca, token: "two words" }]) {
        await assert.rejects(ask(login), /cannot be read, or is not as/);
      }
      await reader.cancel();
    } finally {
      server.kill();
      await server.status;
    }
  },
});
