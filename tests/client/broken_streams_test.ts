import assert from "node:assert/strict";
import { join } from "node:path";
import { connect, type EvaluationEvent, type Site } from "../../client/mod.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { registerSample } from "../support/evaluations.ts";
import { startServiceProcess } from "../support/service_process.ts";
import { startCuttingProxy } from "./cutting_proxy.ts";

const ORDER = { model: "reference", dataset: "sample", experiment: "exp1", bootstrap: false };

/** What the service itself says that has happened. */
async function allEvents(site: Site, id: string): Promise<EvaluationEvent[]> {
  const events = await Array.fromAsync(site.evaluations.events(id));
  assert.equal(events.at(-1)?.data.status, "succeeded");
  return events;
}

Deno.test("events over a connection that breaks again and again come once each, in order", async () => {
  await using service = await startEmbedded();
  await registerSample(service.url);
  await using proxy = startCuttingProxy(service.url, "/events", 300);
  const site = connect({ url: proxy.url });
  const { id } = await site.evaluations.submit(ORDER);
  const events = await Array.fromAsync(site.evaluations.events(id));
  assert.ok(proxy.cuts >= 3, `${proxy.cuts} connections were cut`);
  const direct = connect({ url: service.url });
  assert.deepEqual(events, await allEvents(direct, id));

  const last = events.at(-3)!.id;
  const later = await Array.fromAsync(direct.evaluations.events(id, { after: last }));
  assert.deepEqual(later, events.slice(-2));
  const none = await Array.fromAsync(direct.evaluations.events(id, { after: events.at(-1)!.id }));
  assert.deepEqual(none, []);
});

Deno.test("a log over a connection that breaks again and again has each line once", async () => {
  await using service = await startEmbedded();
  await registerSample(service.url);
  await using proxy = startCuttingProxy(service.url, "/log?follow=true", 300);
  const site = connect({ url: proxy.url });
  const { id } = await site.evaluations.submit(ORDER);
  const lines = await Array.fromAsync(site.evaluations.followLog(id));
  assert.ok(proxy.cuts >= 2, `${proxy.cuts} connections were cut`);
  const log = await connect({ url: service.url }).evaluations.log(id);
  assert.deepEqual(lines, log.trimEnd().split("\n"));
});

Deno.test("who follows an evaluation does not notice that the service is killed and started anew", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
  const environment = { MAMMOEVAL_EXECUTOR: "process", MAMMOEVAL_GPUS: "none" };
  try {
    await using service = await startServiceProcess({ home: join(folder, "home"), environment });
    await registerSample(service.url);
    const site = connect({ url: service.url });
    const { id } = await site.evaluations.submit(ORDER);
    const waited = site.evaluations.waitForEnd(id);
    const events: EvaluationEvent[] = [];
    let restart: Promise<void> | null = null;
    for await (const event of site.evaluations.events(id)) {
      events.push(event);
      restart ??= service.kill().then(() => service.start());
    }
    await restart;
    assert.equal((await waited).status, "succeeded");
    assert.deepEqual(events, await allEvents(site, id));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("following ends when its signal fires, and when its reader leaves", async () => {
  await using service = await startEmbedded();
  await registerSample(service.url);
  const site = connect({ url: service.url });
  const { id } = await site.evaluations.submit(ORDER);
  const abort = new AbortController();
  await assert.rejects(async () => {
    for await (const _ of site.evaluations.events(id, { signal: abort.signal })) {
      abort.abort(new Error("enough"));
    }
  }, /enough/);
  for await (const _ of site.evaluations.followLog(id)) break;
  await site.evaluations.waitForEnd(id);
});
