import { createJsonLog } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { assembleInference } from "./assemble.ts";

const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
if (settings.ingestionUrl === null || settings.scoringUrl === null) {
  throw new RangeError(
    "Cannot start inference: set MAMMOEVAL_INGESTION_URL and MAMMOEVAL_SCORING_URL",
  );
}
const service = await assembleInference(settings, createJsonLog("inference"), {
  ingestion: { url: settings.ingestionUrl, fetch },
  scoring: { url: settings.scoringUrl, fetch },
});

export default { fetch: service.fetch };
