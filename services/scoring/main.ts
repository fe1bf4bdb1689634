import { createJsonLog, guardService, stopOnSignal } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { readServiceToken, volumeLayout } from "../../shared/volume/mod.ts";
import { assembleScoring } from "./assemble.ts";

const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
const log = createJsonLog("scoring");
const service = await assembleScoring(settings, log);
const token = await readServiceToken(volumeLayout(settings.home));
stopOnSignal(service, log);

export default { fetch: guardService(service.fetch, token) };
