import assert from "node:assert/strict";
import { join } from "node:path";
import { addToken } from "../support/add_token.ts";
import { PROJECT, type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { reached, registerSample, submit } from "../support/evaluations.ts";
import { sendJson } from "../support/http.ts";
import type { Bearer } from "./attack_world.ts";

/** A service whose one place for a run is taken, for as long as it lasts: what is asked for stays queued. */
export interface HeldService extends AsyncDisposable, Omit<ServiceUnderTest, "home"> {
  readonly home: string;
  /** The evaluation that runs and does not end. */
  readonly evaluation: string;
  readonly owner: Bearer;
}

const IMAGE = "1_L_CC";

/**
 * Starts it. The model waits for an image that has become a pipe since it was checked, which nobody ever writes into.
 *
 * @param environment further settings
 */
export async function startHeldService(
  environment: Record<string, string> = {},
): Promise<HeldService> {
  const service = await startEmbedded({ MAMMOEVAL_RATE_LIMIT: "0", ...environment });
  const { url, dataFolder } = service;
  await registerSample(url);
  const image = join(dataFolder, `${IMAGE}.png`);
  await Deno.copyFile(await anyImage(), image);
  const exam = { "L-CC": [IMAGE], "R-CC": [], "L-MLO": [], "R-MLO": [], horizontal_flip: "NO" };
  const list = join(dataFolder, "held.json");
  await Deno.writeTextFile(
    list,
    JSON.stringify([{ ...exam, cancer_label: { left_malignant: 1, right_malignant: 0 } }]),
  );
  const body = { name: "held", images: dataFolder, data_list: list };
  const { status } = await sendJson(`${url}/v1/datasets`, "POST", body, { prefer: "wait=60" });
  assert.equal(status, 201);
  await Deno.remove(image);
  assert.ok((await new Deno.Command("mkfifo", { args: [image] }).output()).success);
  const { id } = await submit(url, "reference", { dataset: "held" });
  await reached(url, id, "running");
  const owner = await addToken(service, "owner", "admin");
  return {
    ...{ url, dataFolder, home: service.home!, evaluation: id, owner },
    async [Symbol.asyncDispose](): Promise<void> {
      await sendJson(`${url}/v1/evaluations/${id}/cancel`, "POST", undefined, owner);
      await service[Symbol.asyncDispose]();
    },
  };
}

async function anyImage(): Promise<string> {
  const folder = join(PROJECT, "sample_data/images");
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".png")) return join(folder, name);
  }
  throw new Error(`no image in ${folder}`);
}
