import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { join } from "node:path";
import {
  BASE_IMAGE,
  type ComposedService,
  EVERYTHING,
  startComposed,
} from "../support/compose_service.ts";
import { runBlocksOfKind } from "../support/curl_blocks.ts";
import { DEBIAN_IMAGE, docker, engineTest, runDocker, TINY_IMAGE } from "../support/engine.ts";
import { contractSuite } from "./suite.ts";

await engineTest("the HTTP contract, four containers behind the gateway", async (t) => {
  await using service = await startComposed();
  await contractSuite(t, service, service.dataFolder);

  await t.step("each container has no more than it needs", async () => {
    const published: string[] = [];
    const withSocket: string[] = [];
    for (const name of ["gateway", "ingestion", "inference", "scoring"]) {
      const [container] = JSON.parse(await docker("inspect", await service.container(name)));
      const { HostConfig: host, Mounts: mounts } = container;
      assert.equal(host.ReadonlyRootfs, true, name);
      assert.deepEqual(host.CapDrop, ["ALL"], name);
      assert.deepEqual(host.SecurityOpt, ["no-new-privileges"], name);
      const ports = Object.values<{ HostIp: string }[] | null>(container.NetworkSettings.Ports)
        .flatMap((bindings) => bindings ?? []);
      for (const { HostIp } of ports) assert.equal(HostIp, "127.0.0.1", name);
      if (ports.length > 0) published.push(name);
      const sources = mounts.map(({ Source }: { Source: string }) => Source);
      if (sources.some((source: string) => source.endsWith("docker.sock"))) withSocket.push(name);
      if (name === "gateway") assert.deepEqual(sources, [`${service.home}/access`]);
    }
    assert.deepEqual(published, ["gateway"]);
    assert.deepEqual(withSocket, ["inference"]);
  });

  await t.step("the services that need none have no way out", async () => {
    for (const name of ["ingestion", "scoring"]) {
      const format = "{{range .NetworkSettings.Networks}}{{.NetworkID}} {{end}}";
      const networks = await docker("inspect", "--format", format, await service.container(name));
      const internal = await docker(
        "network",
        "inspect",
        "--format",
        "{{.Internal}}",
        ...networks.trim().split(" "),
      );
      assert.equal(internal, "true", name);
    }
  });

  await t.step("with everything that joins it: GPUs, TLS", async (t) => {
    await service.compose(...EVERYTHING, "up", "--detach", "--wait");
    await throughTls(t, service);
    await withGpus(t, service);
  });

  await t.step("tokens: the first one is shown once", async (t) => {
    await tokens(t, service);
  });

  await t.step("docs/operations.md: its lines for compose do what it says", async () => {
    await documentedLines(service);
  });
}, { images: [BASE_IMAGE, DEBIAN_IMAGE, TINY_IMAGE], compose: true, gpus: true });

async function throughTls(t: Deno.TestContext, service: ComposedService): Promise<void> {
  const { tlsUrl: url, certificate } = service;
  using client = Deno.createHttpClient({ caCerts: [certificate] });
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
    await fetch(url + path, { ...init, client });
  // compose waits until the proxy runs, not until it listens.
  const answers = async (): Promise<boolean> => {
    const answer = await ask("/healthz").catch(() => null);
    await answer?.body?.cancel();
    return answer?.ok ?? false;
  };
  assert.ok(await eventually(answers, (it) => it));

  await t.step("an upload passes", async () => {
    const folder = join(service.dataFolder, "sample_data");
    const form = new FormData();
    form.set("name", "over-tls");
    form.set("data_list", new File([await Deno.readFile(join(folder, "data.pkl"))], "data.pkl"));
    for await (const { name } of Deno.readDir(join(folder, "images"))) {
      form.append("images", new File([await Deno.readFile(join(folder, "images", name))], name));
    }
    // Larger than what proxies let through by themselves.
    form.append("images", new File([new Uint8Array(BIG_BYTES)], "big.png"));
    const answer = await ask("/v1/datasets", {
      method: "POST",
      body: form,
      headers: { prefer: "wait=60" },
    });
    // The big file is no image of the data list, and that is what it is refused for, if anything.
    assert.equal(answer.status, 201, await answer.clone().text());
    await answer.body?.cancel();
  });

  await t.step("events come as they happen", async () => {
    const answer = await ask("/v1/evaluations", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "reference", experiment: "tls", dataset: "over-tls" }),
    });
    const { id } = await answer.json();
    const events = await ask(`/v1/evaluations/${id}/events`);
    assert.match(events.headers.get("content-type") ?? "", /^text\/event-stream/);
    const pieces = await Array.fromAsync(events.body!.pipeThrough(new TextDecoderStream()));
    assert.doesNotMatch(pieces[0]!, /"succeeded"/, "the first events came before the last");
    assert.match(pieces.join(""), /"succeeded"/);
  });

  await t.step("without TLS nothing is answered", async () => {
    const plain = await fetch(url.replace("https:", "http:")).catch(() => null);
    await plain?.body?.cancel();
    assert.ok(plain === null || !plain.ok);
  });
}

async function withGpus(t: Deno.TestContext, service: ComposedService): Promise<void> {
  const inference = await service.container("inference");

  await t.step("inference sees the GPUs", async () => {
    const [{ HostConfig }] = JSON.parse(await docker("inspect", inference));
    assert.deepEqual(HostConfig.DeviceRequests[0].Driver, "nvidia");
  });

  await t.step("a container gets the GPU that is asked for", async () => {
    const run = ["run", "--rm", "--network", "none", "--gpus", "device=1", TINY_IMAGE];
    const asked = [...run, "sh", "-c", "echo $NVIDIA_VISIBLE_DEVICES"];
    const { stdout, stderr } = await runDocker(["exec", inference, "docker", ...asked]);
    assert.equal(stdout.trim(), "1", stderr);
  });
}

async function tokens(t: Deno.TestContext, service: ComposedService): Promise<void> {
  const { url, compose } = service;
  const run = (...args: string[]): Promise<string> => compose("run", "--rm", "--no-deps", ...args);
  const asked = async (token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/v1/datasets`, { headers });
    await answer.body?.cancel();
    return answer.status;
  };

  await t.step("where only this machine reaches it, none was made", async () => {
    assert.equal(await compose("logs", "--no-log-prefix", "first_token"), "");
    assert.equal(await asked(), 200);
  });

  await t.step("where others reach it, one is made and shown once", async () => {
    const beyond = ["--env", "MAMMOEVAL_PUBLISHED=127.0.0.1,10.0.0.1", "first_token"];
    const said = await run(...beyond);
    assert.match(said, /reachable at 10\.0\.0\.1, so every caller needs a token/);
    const token = /^mammoeval_\S+$/m.exec(said)?.[0];
    assert.deepEqual([await asked(token), await asked()], [200, 401]);
    assert.equal(await run(...beyond), "");
  });
}

/** As an operator types them; what is this test's own takes the place of names and addresses. */
async function documentedLines({ url, environment, compose }: ComposedService): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
  const said = await runBlocksOfKind("docs/operations.md", "compose", url, folder, {
    environment,
    replaced: {
      "mammoeval:local": environment["MAMMOEVAL_IMAGE"]!,
      "mammoeval-proxy:local": environment["MAMMOEVAL_PROXY_IMAGE"]!,
      "/etc/ssl/mammoeval/certificate.pem": environment["MAMMOEVAL_TLS_CERTIFICATE"]!,
      "/etc/ssl/mammoeval/key.pem": environment["MAMMOEVAL_TLS_KEY"]!,
      "10.0.0.5": "127.0.0.1",
      "MAMMOEVAL_TLS_PORT=443": `MAMMOEVAL_TLS_PORT=${environment["MAMMOEVAL_TLS_PORT"]}`,
    },
  });
  await Deno.remove(folder, { recursive: true });
  const token = /^mammoeval_\S+$/m.exec(said)?.[0];
  const answer = await fetch(`${url}/v1/datasets`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(answer.status, 200, await answer.text());
  assert.match(said, /^Loaded image: /m);
  const running = await compose("--profile", "tls", "ps", "--services");
  assert.match(running, /^tls$/m);
}

/** Size of a file that every proxy would notice, in bytes. */
const BIG_BYTES = 40 * 2 ** 20;
