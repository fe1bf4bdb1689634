import { createJsonLog, guardService, stopOnSignal } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { readServiceToken, volumeLayout } from "../../shared/volume/mod.ts";
import { assembleIngestion } from "./assemble.ts";

const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
const log = createJsonLog("ingestion");
const service = await assembleIngestion(settings, log);
const token = await readServiceToken(volumeLayout(settings.home));
stopOnSignal(service, log);

export default { fetch: guardService(service.fetch, token) };
