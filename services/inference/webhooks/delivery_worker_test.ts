import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { SILENT_LOG } from "../../../shared/http/mod.ts";
import { createHttpWebhookSender } from "./webhook_sender.ts";
import type { Delivery } from "../ledger/outbox.ts";
import { inWorld, type World } from "../../../tests/support/inference/world.ts";
import { pauseAfter, RETRY_PAUSES_S, startDeliveryWorker } from "./delivery_worker.ts";

const SECRET = `whsec_${btoa("a secret of at least 24 bytes")}`;

/** A message that a receiver got, with its signature headers. */
interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Runs a test with a receiver that gives these answers. */
async function withReceiver(
  answer: (count: number) => Response,
  test: (url: string, received: readonly Received[]) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      received.push({ headers: Object.fromEntries(request.headers), body: await request.text() });
      return answer(received.length);
    },
  );
  await test(`http://127.0.0.1:${server.addr.port}/hook`, received);
}

/** Ends an evaluation that has a webhook. */
async function endOne(world: World, url: string): Promise<string> {
  const { id } = await world.enqueue({ webhook: { url } });
  world.ledger.change(id, "cancelled", { finishedAt: new Date().toISOString() });
  return id;
}

/** Delivers until a message of the evaluation is in a state. */
async function carryUntil(
  world: World,
  id: string,
  url: string,
  status: Delivery["status"],
  pausesS: readonly number[] = RETRY_PAUSES_S.map(() => 0.001),
): Promise<Delivery> {
  const sender = createHttpWebhookSender({ secret: SECRET, hosts: [new URL(url).host] });
  const { outbox } = world.ledger;
  const deliveries = startDeliveryWorker({ outbox, sender, log: SILENT_LOG, pausesS });
  try {
    while (true) {
      const [delivery] = outbox.of(id);
      if (delivery?.status === status) return delivery;
      deliveries.wake();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    await deliveries.stop();
  }
}

Deno.test("a receiver that fails five times gets its message once it is back, signed", () =>
  inWorld((world) =>
    withReceiver(
      (count) => new Response(null, { status: count <= 5 ? 503 : 204 }),
      async (url, received) => {
        const id = await endOne(world, url);
        const delivery = await carryUntil(world, id, url, "delivered");
        assert.equal(delivery.attempts, 6);
        assert.equal(received.length, 6);
        assert.equal(new Set(received.map(({ headers }) => headers["webhook-id"])).size, 1);
        for (const { headers, body } of received) {
          const message = new Webhook(SECRET).verify(body, headers) as Record<string, unknown>;
          assert.equal(message["type"], "evaluation.cancelled");
          assert.deepEqual((message["data"] as Record<string, unknown>)["id"], id);
        }
        const forged = { ...received[0]!.headers, "webhook-id": "msg_other" };
        assert.throws(() => new Webhook(SECRET).verify(received[0]!.body, forged));
      },
    )
  ));

Deno.test("a message outlives the process: the next courier finds it in the ledger", () =>
  inWorld((world) =>
    withReceiver(() => new Response(), async (url, received) => {
      const id = await endOne(world, url);
      assert.equal(world.ledger.outbox.of(id)[0]?.status, "pending");
      await carryUntil(world, id, url, "delivered");
      assert.equal(received.length, 1);
    })
  ));

Deno.test("410 disables a receiver, also for later messages, until one is asked for again", () =>
  inWorld((world) =>
    withReceiver(
      (count) => new Response(null, { status: count === 1 ? 410 : 200 }),
      async (url, received) => {
        const first = await carryUntil(world, await endOne(world, url), url, "disabled");
        const second = await endOne(world, url);
        assert.equal(world.ledger.outbox.of(second)[0]?.status, "disabled");
        assert.equal(received.length, 1);
        world.ledger.outbox.renew(first.id, new Date().toISOString());
        await carryUntil(world, first.evaluation, url, "delivered");
        assert.equal(received.length, 2);
        assert.equal(world.ledger.outbox.of(await endOne(world, url))[0]?.status, "pending");
      },
    )
  ));

Deno.test("a redirect is not followed, and an answer that never succeeds is given up", () =>
  inWorld((world) =>
    withReceiver(
      () => new Response(null, { status: 307, headers: { location: "http://127.0.0.1:1/" } }),
      async (url, received) => {
        const id = await endOne(world, url);
        const delivery = await carryUntil(world, id, url, "given_up", [0.001, 0.001]);
        assert.equal(delivery.attempts, 3);
        assert.match(delivery.lastError!, /answered 307/);
        assert.equal(received.length, 3);
      },
    )
  ));

Deno.test("only receivers that the site allows are told, and only where it has a secret", () => {
  const sender = createHttpWebhookSender({ secret: SECRET, hosts: ["hook.site:9000", "plain"] });
  assert.equal(sender.refusal("http://hook.site:9000/a"), null);
  assert.equal(sender.refusal("https://plain/a"), null);
  assert.match(sender.refusal("http://169.254.169.254/latest")!, /MAMMOEVAL_WEBHOOK_HOSTS/);
  assert.match(sender.refusal("http://hook.site/a")!, /not an allowed receiver/);
  assert.match(sender.refusal("http://plain:81/a")!, /not an allowed receiver/);
  assert.match(sender.refusal("http://u:p@plain/a")!, /user or password/);
  assert.match(sender.refusal("ftp://plain/a")!, /http or https/);
  assert.match(
    createHttpWebhookSender({ secret: null, hosts: ["plain"] }).refusal("http://plain")!,
    /MAMMOEVAL_WEBHOOK_SECRET/,
  );
  assert.throws(() => createHttpWebhookSender({ secret: "whsec_", hosts: [] }), RangeError);
});

Deno.test("pauses grow, with jitter, and come to an end", () => {
  assert.equal(pauseAfter(1, RETRY_PAUSES_S, 0.5), 5);
  assert.equal(pauseAfter(2, RETRY_PAUSES_S, 0), 240);
  assert.equal(Math.round(pauseAfter(2, RETRY_PAUSES_S, 1)!), 360);
  assert.equal(pauseAfter(RETRY_PAUSES_S.length + 1, RETRY_PAUSES_S, 0.5), null);
});

Deno.test("states that nobody asked about leave no message", () =>
  inWorld(async (world) => {
    const { id } = await world.enqueue({ webhook: { url: "http://x/", events: ["failed"] } });
    world.ledger.change(id, "cancelled");
    assert.deepEqual(world.ledger.outbox.of(id), []);
    assert.ok(world.ledger.remove(id));
    assert.equal(world.ledger.get(id), null);
  }));
