import assert from "node:assert/strict";
import { join } from "node:path";
import { openTokenStore } from "../../services/gateway/access/assemble.ts";
import { makeToken } from "../../services/gateway/access/token.ts";
import type { Role } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { PROJECT, type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { ended, registerSample } from "../support/evaluations.ts";
import { sendJson } from "../support/http.ts";
import { type Bearer, type HeldService, startHeldService } from "./held_service.ts";

export type { Bearer };

/** Stands in files that nobody may read; an answer with it has got through. */
export const SECRET = "the-secret-of-another-patient";

/** What an attack is made against. */
export interface AttackWorld extends AsyncDisposable {
  readonly url: string;
  readonly home: string;
  /** Folder under a data root. */
  readonly dataFolder: string;
  /** Folder that no root holds, with `secret.csv`, `secret.png` and `data.json` in it. */
  readonly outside: string;
  readonly people: Readonly<Record<"owner" | "eve" | "ada" | "reader", Bearer>>;
  /** An evaluation of Ada's on `sample`, and its score. */
  readonly evaluation: string;
  readonly score: string;
  /** A score that Ada has uploaded with a data list of her own; its exams have hostile names. */
  readonly upload: string;
  /** Host and port of a receiver that the site allows; it redirects to one that it does not. */
  readonly receiver: string;
  /** Another one, where nothing that is asked for runs. */
  readonly held: HeldService;
  /** One without tokens, for whoever sits at its machine. */
  readonly open: ServiceUnderTest;
  /** Requests that came to where nothing may come. */
  readonly strangerAsked: () => number;
}

/** Names of exams that are markup, and formulas. */
export const HOSTILE_EXAMS = [
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(1)</script>",
  '=HYPERLINK("http://evil")',
  "-1+cmd|' /C calc'!A0",
  "@SUM(A1)",
];

/** Starts the service with people, data and one evaluation. */
export async function startAttackWorld(): Promise<AttackWorld> {
  const outside = await Deno.makeTempDir({ prefix: "mammoeval-outside-" });
  await fillOutside(outside);
  const models = join(outside, "models");
  await makeHostileModels(models, outside);
  let asked = 0;
  const quiet = { hostname: "127.0.0.1", port: 0, onListen: (): void => {} };
  const stranger = Deno.serve(quiet, () => {
    asked += 1;
    return new Response(SECRET);
  });
  const elsewhere = `http://127.0.0.1:${stranger.addr.port}/`;
  const receiver = Deno.serve(quiet, () => Response.redirect(elsewhere, 307));
  const service = await startEmbedded({
    MAMMOEVAL_MODELS: models,
    MAMMOEVAL_RATE_LIMIT: "0",
    MAMMOEVAL_WEBHOOK_SECRET: `whsec_${btoa("a secret of at least 24 bytes")}`,
    MAMMOEVAL_WEBHOOK_HOSTS: `127.0.0.1:${receiver.addr.port}`,
  });
  const held = await startHeldService({ MAMMOEVAL_MODELS: models, MAMMOEVAL_QUOTA: "3" });
  const open = await startEmbedded({ MAMMOEVAL_RATE_LIMIT: "0" });
  await registerSample(open.url);
  const { url, dataFolder } = service;
  const home = service.home!;
  await registerSample(url);
  const person = async (user: string, role: Role): Promise<Bearer> => {
    const settings = readSettings((name) => ({ MAMMOEVAL_HOME: home })[name], PROJECT);
    const { text, record } = makeToken({ user, role, createdAt: new Date(), expiresAt: null });
    await openTokenStore(settings).add(record);
    return { authorization: `Bearer ${text}` };
  };
  const people = {
    owner: await person("owner", "admin"),
    eve: await person("eve", "submit"),
    ada: await person("ada", "submit"),
    reader: await person("reader", "read"),
  };
  const order = { model: "reference", experiment: "exp1", dataset: "sample", bootstrap: false };
  const once = { ...people.ada, "idempotency-key": "same" };
  const { id } = (await sendJson(`${url}/v1/evaluations`, "POST", order, once)).body;
  const body = await ended(url, id, people.ada);
  assert.equal(body.status, "succeeded", JSON.stringify(body));
  return {
    ...{ url, home, dataFolder, outside, people, evaluation: body.id, score: body.id },
    upload: await uploadOwn(url, people.ada),
    receiver: `127.0.0.1:${receiver.addr.port}`,
    held,
    open,
    strangerAsked: () => asked,
    async [Symbol.asyncDispose](): Promise<void> {
      await service[Symbol.asyncDispose]();
      await held[Symbol.asyncDispose]();
      await open[Symbol.asyncDispose]();
      await receiver.shutdown();
      await stranger.shutdown();
      await Deno.remove(outside, { recursive: true });
    },
  };
}

async function fillOutside(folder: string): Promise<void> {
  await Deno.writeTextFile(join(folder, "secret.csv"), `image_index,malignant_pred\n${SECRET},1\n`);
  await Deno.writeTextFile(join(folder, "secret.png"), SECRET);
  await Deno.writeTextFile(join(folder, "data.json"), `[{"exam_id":"${SECRET}"}]`);
}

/** Folders that lead out, wait for ever, or lie about what they are. */
async function makeHostileModels(models: string, outside: string): Promise<void> {
  const whole = async (name: string): Promise<string> => {
    const folder = join(models, name);
    await Deno.mkdir(join(folder, "predict"), { recursive: true });
    await Deno.writeTextFile(join(folder, "Dockerfile"), "FROM scratch\n");
    await Deno.writeTextFile(join(folder, "config.txt"), 'CONTAINER_PREDICT_PATH="/home/toy"\n');
    await Deno.writeTextFile(join(folder, "predict", "predict.sh"), "exit 1\n");
    return folder;
  };
  await Deno.symlink(join(outside, "data.json"), join(await whole("linked"), "model.json"));
  await Deno.symlink(outside, join(await whole("way-out"), "weights"));
  await whole("way-in");
  await Deno.symlink("/dev/zero", join(await whole("endless"), "model.json"));
  const pipe = join(await whole("piped"), "model.json");
  assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
  const markup = JSON.stringify({ title: HOSTILE_EXAMS[0], description: HOSTILE_EXAMS[1] });
  await Deno.writeTextFile(join(await whole("marked"), "model.json"), markup);
}

async function uploadOwn(url: string, headers: Bearer): Promise<string> {
  const list = HOSTILE_EXAMS.map((name, index) => ({
    ...{ exam_id: name, "L-CC": [`${index}_l`], "R-CC": [`${index}_r`], horizontal_flip: "NO" },
    ...{ "L-MLO": [], "R-MLO": [] },
    cancer_label: { left_malignant: index % 2, right_malignant: 0 },
  }));
  const rows = list.flatMap((_, index) => [`${index}_l,0.${index + 1}`, `${index}_r,0.2`]);
  const form = new FormData();
  form.set("data_list", new File([JSON.stringify(list)], "list.json"));
  form.set("predictions", new File([`image_index,malignant_pred\n${rows.join("\n")}\n`], "p.csv"));
  form.set("bootstrap", "false");
  const response = await fetch(`${url}/v1/scores`, { method: "POST", headers, body: form });
  const report = await response.json();
  assert.equal(response.status, 201, JSON.stringify(report));
  return report.id;
}
