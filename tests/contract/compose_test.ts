import assert from "node:assert/strict";
import { BASE_IMAGE, startComposed } from "../support/compose_service.ts";
import { docker, engineTest } from "../support/engine.ts";
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
}, { images: [BASE_IMAGE], compose: true });
