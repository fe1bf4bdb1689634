import { runService, signRequests } from "../../shared/http/mod.ts";
import { assembleInference } from "./assemble.ts";

export default await runService("inference", (settings, log, token) => {
  const { ingestionUrl, scoringUrl } = settings;
  if (ingestionUrl === null || scoringUrl === null) {
    throw new RangeError(
      "Cannot start inference: set MAMMOEVAL_INGESTION_URL and MAMMOEVAL_SCORING_URL",
    );
  }
  const signedFetch = signRequests(fetch, token);
  return assembleInference(settings, log, {
    ingestion: { url: ingestionUrl, fetch: signedFetch },
    scoring: { url: scoringUrl, fetch: signedFetch },
  });
});
