import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { contractSuite } from "./suite.ts";

Deno.test("the HTTP contract, all services in one process", async (t) => {
  await using service = await startEmbedded();
  await contractSuite(t, service, PROJECT);
});
