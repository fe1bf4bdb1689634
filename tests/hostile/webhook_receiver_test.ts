import assert from "node:assert/strict";
import { join } from "node:path";
import { createHttpWebhookSender } from "../../services/inference/webhooks/webhook_sender.ts";
import { PROJECT } from "../support/embedded_service.ts";
import { freePort } from "../support/free_port.ts";
import { PYTHON, works } from "../support/tools.ts";
import { Webhook } from "standardwebhooks";
import { runFamily, tableOf } from "./attack_table.ts";
import type { Attack } from "./attacks.ts";

const SECRET = `whsec_${btoa("a secret of at least 24 bytes")}`;
const BODY = JSON.stringify({
  type: "evaluation.succeeded",
  data: { status: "succeeded", evaluation: "/v1/evaluations/1" },
});

interface Message {
  readonly id: string;
  readonly at: Date;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secret?: string;
}

async function post(
  url: string,
  { id, at, body, headers = {}, secret = SECRET }: Message,
): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, at, body),
      ...headers,
    },
  });
  await response.body?.cancel();
  return response.status;
}

/** What somebody sends who has seen good messages but not the secret. */
function forgeries(): Record<string, Message> {
  const now = new Date();
  const good: Message = { id: "msg_1", at: now, body: BODY };
  const signature = new Webhook(SECRET).sign(good.id, now, BODY);
  const stamp = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
  return {
    "another secret": { ...good, secret: `whsec_${btoa("another secret of 24 bytes")}` },
    "another body": {
      ...good,
      body: BODY.replace("/1", "/2"),
      headers: { "webhook-signature": signature },
    },
    "another id": { ...good, id: "msg_2", headers: { "webhook-signature": signature } },
    "another time": { ...good, at: stamp(60), headers: { "webhook-signature": signature } },
    "no signature": { ...good, headers: { "webhook-signature": "" } },
    "a version that nobody knows": {
      ...good,
      headers: { "webhook-signature": signature.replace("v1,", "v9,") },
    },
    "half a signature": { ...good, headers: { "webhook-signature": signature.slice(0, -4) } },
    "many signatures": { ...good, headers: { "webhook-signature": "v1,eA== ".repeat(50).trim() } },
    "an hour old": { ...good, at: stamp(-3600) },
    "an hour ahead": { ...good, at: stamp(3600) },
    "parts moved from one to the other": {
      ...good,
      headers: { "webhook-id": "msg", "webhook-timestamp": "_1", "webhook-signature": signature },
    },
  };
}

Deno.test({
  name: "a receiver tells forged, stale and repeated webhooks from true ones",
  ignore: !works(PYTHON, ["--version"]),
  async fn(): Promise<void> {
    const port = freePort();
    const url = `http://127.0.0.1:${port}/`;
    const receiver = new Deno.Command(PYTHON, {
      args: [join(PROJECT, "examples", "receive_webhook.py"), String(port)],
      env: { MAMMOEVAL_WEBHOOK_SECRET: SECRET },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    try {
      while (
        await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
          (r) => r.body?.cancel() ?? null,
          () => "away",
        ) === "away"
      );
      const attacks: Attack[] = Object.entries(forgeries()).map(([name, message]) => ({
        name,
        run: async (): Promise<string | null> => {
          const status = await post(url, message);
          return status === 401 ? null : `answered ${status}`;
        },
      }));
      const row = await runFamily({ name: "forged webhooks", attacks });
      Deno.stderr.writeSync(new TextEncoder().encode(tableOf([row])));
      assert.deepEqual(row.through, []);

      const sender = createHttpWebhookSender({ secret: SECRET, hosts: [`127.0.0.1:${port}`] });
      for (const id of ["msg_a", "msg_b", "msg_a"]) {
        assert.equal(
          (await sender.send({ id, url, body: BODY })).status,
          204,
          "true ones are taken",
        );
      }
    } finally {
      receiver.kill("SIGTERM");
    }
    const { stdout } = await receiver.output();
    const told = new TextDecoder().decode(stdout).trim().split("\n");
    assert.deepEqual(
      told,
      Array(2).fill("succeeded /v1/evaluations/1"),
      "the repeated one counts once",
    );
  },
});
