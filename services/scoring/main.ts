import { claimPort, createJsonLog, guardService, stopOnSignal } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { readServiceToken, SERVICE_UMASK, volumeLayout } from "../../shared/volume/mod.ts";
import { assembleScoring } from "./assemble.ts";

// Overrides the shell's umask; private files set their own mode.
Deno.umask(SERVICE_UMASK);
const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
claimPort(settings);
const log = createJsonLog("scoring");
const service = await assembleScoring(settings, log);
const token = await readServiceToken(volumeLayout(settings.home));
stopOnSignal(service, log);

export default { fetch: guardService(service.fetch, token) };
