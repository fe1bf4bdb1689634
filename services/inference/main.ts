import {
  claimPort,
  createJsonLog,
  guardService,
  signRequests,
  stopOnSignal,
} from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { readServiceToken, SERVICE_UMASK, volumeLayout } from "../../shared/volume/mod.ts";
import { assembleInference } from "./assemble.ts";

// Independent of the shell's umask; private files set their own mode.
Deno.umask(SERVICE_UMASK);
const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
claimPort(settings);
if (settings.ingestionUrl === null || settings.scoringUrl === null) {
  throw new RangeError(
    "Cannot start inference: set MAMMOEVAL_INGESTION_URL and MAMMOEVAL_SCORING_URL",
  );
}
const token = await readServiceToken(volumeLayout(settings.home));
const signedFetch = signRequests(fetch, token);
const log = createJsonLog("inference");
const service = await assembleInference(settings, log, {
  ingestion: { url: settings.ingestionUrl, fetch: signedFetch },
  scoring: { url: settings.scoringUrl, fetch: signedFetch },
});
stopOnSignal(service, log);

export default { fetch: guardService(service.fetch, token) };
