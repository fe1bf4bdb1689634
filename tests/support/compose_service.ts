import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, type ServiceUnderTest } from "./embedded_service.ts";
import { testRun } from "../suite/test_run.ts";
import { removeImages, runDocker } from "./engine.ts";
import { freePort } from "./free_port.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** The four containers of a Compose project under test. */
export interface ComposedService extends ServiceUnderTest {
  /** Returns the id of a service's container. */
  container(service: string): Promise<string>;
  /** Runs `docker compose` on the project, with further files and profiles first; returns its output. */
  compose(...args: string[]): Promise<string>;
  /** Variables with which `docker compose` finds the project from any folder. */
  readonly environment: Readonly<Record<string, string>>;
  /** Base URL of the profile `tls`. */
  readonly tlsUrl: string;
  /** Its certificate, PEM. */
  readonly certificate: string;
}

/** Default base image of compose.yaml. */
export const BASE_IMAGE = "denoland/deno:debian-2.9.6";

/** Arguments of `docker compose` for all additional files and profiles. */
export const EVERYTHING = ["--file", join(PROJECT, "compose.gpu.yaml"), "--profile", "tls"];

/**
 * Builds the image and starts the four services of compose.yaml on a free port, with their own volume and data folder.
 * The data folder holds a copy of sample_data.
 */
export async function startComposed(): Promise<ComposedService> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-compose-");
  const name = `mammoeval-${testRun()}-${crypto.randomUUID().slice(0, 8)}`;
  const [home, dataFolder] = [join(folder, "home"), join(folder, "data")];
  await Deno.mkdir(home);
  await copyFolder(join(PROJECT, "sample_data"), join(dataFolder, "sample_data"));
  const [port, tlsPort] = [freePort(), freePort()];
  const { certificate, key } = await makeCertificate(folder);
  const image = `${name}:latest`;
  const environment: Record<string, string> = {
    MAMMOEVAL_HOME: home,
    MAMMOEVAL_DATA: dataFolder,
    MAMMOEVAL_PORT: String(port),
    MAMMOEVAL_IMAGE: image,
    MAMMOEVAL_PROXY_IMAGE: `${name}-proxy:latest`,
    MAMMOEVAL_TLS_PORT: String(tlsPort),
    MAMMOEVAL_TLS_CERTIFICATE: certificate,
    MAMMOEVAL_TLS_KEY: key,
    // The build trusts the same certificates as this machine.
    MAMMOEVAL_SITE_CA: Deno.env.get("NODE_EXTRA_CA_CERTS") ?? "/dev/null",
  };
  const compose = async (...args: string[]): Promise<string> => {
    const file = ["--file", join(PROJECT, "compose.yaml"), "--project-name", name];
    const { code, stdout, stderr } = await runDocker(["compose", ...file, ...args], environment);
    assert.equal(code, 0, `docker compose ${args.join(" ")}: ${stderr.slice(-4000)}`);
    return stdout.trim();
  };
  stack.defer(() => removeImages(`com.docker.compose.project=${name}`));
  // The reference model's image is built for this volume if the engine has none.
  stack.defer(() => removeImages(`mammoeval.volume=${home}`));
  stack.defer(async () => {
    await compose(...EVERYTHING, "down", "--volumes", "--remove-orphans", "--timeout", "5");
  });
  try {
    await compose(...EVERYTHING, "build", "--quiet");
    await compose("up", "--detach", "--wait");
  } catch (error) {
    const logs = await compose("logs", "--tail", "20").catch(() => "");
    throw new Error(`The services did not come up: ${logs}`, { cause: error });
  }
  const certificateText = await Deno.readTextFile(certificate);
  const made = stack.move();
  return {
    url: `http://127.0.0.1:${port}`,
    dataFolder,
    home,
    container: (service) => compose(...EVERYTHING, "ps", "--quiet", service),
    compose,
    environment: {
      ...environment,
      COMPOSE_PROJECT_NAME: name,
      COMPOSE_FILE: join(PROJECT, "compose.yaml"),
    },
    tlsUrl: `https://localhost:${tlsPort}`,
    certificate: certificateText,
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/** Creates a self-signed certificate for localhost and its key, readable by root only. */
async function makeCertificate(folder: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
      // Some clients reject a CA certificate for a server.
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
      ...["-keyout", key, "-out", certificate],
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return { certificate, key };
}

async function copyFolder(source: string, destination: string): Promise<void> {
  await Deno.mkdir(destination, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(source)) {
    const [from, to] = [join(source, name), join(destination, name)];
    if (isDirectory) await copyFolder(from, to);
    else await Deno.copyFile(from, to);
  }
}
