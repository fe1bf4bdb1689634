import assert from "node:assert/strict";
import { join } from "node:path";
import { addToken } from "../support/add_token.ts";
import { type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { reached, registerSample, submit } from "../support/evaluations.ts";
import { sendJson } from "../support/http.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { makeWaitingProject } from "../support/waiting_model.ts";

/** A person's header. */
export type Bearer = Readonly<Record<string, string>>;

/** A service whose one place for a run is taken, for as long as it lasts: what is asked for stays queued. */
export interface HeldService extends AsyncDisposable, Omit<ServiceUnderTest, "home"> {
  readonly home: string;
  /** The evaluation that runs and does not end. */
  readonly evaluation: string;
  readonly owner: Bearer;
}

/**
 * Starts it. Its reference model runs until it is stopped.
 *
 * @param environment further settings; model folders that they name are offered beside that one
 */
export async function startHeldService(
  environment: Record<string, string> = {},
): Promise<HeldService> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-held-");
  const models = join(await makeWaitingProject(folder), "models");
  const further = environment["MAMMOEVAL_MODELS"];
  if (further !== undefined) {
    const copy = new Deno.Command("cp", { args: ["-a", `${further}/.`, models] });
    assert.ok((await copy.output()).success);
  }
  const settings = { MAMMOEVAL_RATE_LIMIT: "0", ...environment, MAMMOEVAL_MODELS: models };
  const service = stack.use(await startEmbedded(settings));
  const { url, dataFolder } = service;
  await registerSample(url);
  const { id } = await submit(url, "reference");
  await reached(url, id, "running");
  const owner = await addToken(service, "owner", "admin");
  const made = stack.move();
  return {
    ...{ url, dataFolder, home: service.home!, evaluation: id, owner },
    async [Symbol.asyncDispose](): Promise<void> {
      await sendJson(`${url}/v1/evaluations/${id}/cancel`, "POST", undefined, owner);
      await made.disposeAsync();
    },
  };
}
