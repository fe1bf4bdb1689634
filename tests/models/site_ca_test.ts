import assert from "node:assert/strict";
import { join } from "node:path";
import { docker, engineTest, runDocker } from "../support/engine.ts";
import { PROJECT } from "../support/embedded_service.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const TORCH_BASE = "mammoeval/torch_base:cpu";
/** Serves a page over TLS as a proxy that opens it would, with a certificate of the site's, and fetches it. */
const FETCH = `
openssl s_server -quiet -www -accept 127.0.0.1:8443 -cert /ca/leaf.pem -key /ca/leaf.key >/dev/null 2>&1 &
until (exec 3<>/dev/tcp/127.0.0.1/8443) 2>/dev/null; do kill -0 $! && sleep 0.1; done
curl --fail --silent --show-error --output /dev/null https://localhost:8443/ && echo curl
GIT_CURL_VERBOSE=1 git ls-remote https://localhost:8443/x.git 2>&1 | grep -qi 'certificate verification failed' || echo git
python3 -c 'import os, ssl, socket; c = ssl.create_default_context(cafile=os.environ["PIP_CERT"])
c.wrap_socket(socket.create_connection(("localhost", 8443)), server_hostname="localhost"); print("pip")'
kill $!`;

await engineTest(
  "the torch base trusts the certificates of a site, and only those given",
  async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await temporaryFolder(stack, "mammoeval-test-ca-");
    await Deno.chmod(folder, 0o755);
    await makeCertificates(folder);
    const tag = `mammoeval-test/site-ca:${crypto.randomUUID().slice(0, 8)}`;
    const siteCa = await Deno.readTextFile(join(folder, "ca.pem"));
    const args = ["--build-arg", "ACCELERATOR=cpu", "--build-arg", `SITE_CA=${siteCa}`];
    await docker("build", "--quiet", ...args, "--tag", tag, join(PROJECT, "models/torch_base"));
    const fetched = async (image: string): Promise<string[]> => {
      const run = ["run", "--rm", "--network", "none", "--volume", `${folder}:/ca:ro`, image];
      const { stdout } = await runDocker([...run, "bash", "-c", FETCH]);
      return stdout.trim().split("\n").filter((line) => line !== "");
    };
    try {
      assert.deepEqual(await fetched(tag), ["curl", "git", "pip"]);
      assert.deepEqual(await fetched(TORCH_BASE), []);
    } finally {
      await docker("image", "rm", "--force", tag);
    }
  },
  { images: [TORCH_BASE] },
);

/** A site's own authority, and a certificate of localhost that it has signed. */
async function makeCertificates(folder: string): Promise<void> {
  const openssl = async (...args: string[]): Promise<void> => {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: folder }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await openssl(
    ...["req", "-x509", ...fresh, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2"],
    ...["-subj", "/CN=A site's authority"],
  );
  await Deno.writeTextFile(join(folder, "names"), "subjectAltName=DNS:localhost\n");
  await openssl(
    ...["req", ...fresh, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=localhost"],
  );
  await openssl(
    ...["x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
    ...["-days", "2", "-extfile", "names", "-out", "leaf.pem"],
  );
  await Deno.chmod(join(folder, "leaf.key"), 0o644);
}
