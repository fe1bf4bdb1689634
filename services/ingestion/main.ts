import { createJsonLog, guardService } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { readServiceToken, volumeLayout } from "../../shared/volume/mod.ts";
import { assembleIngestion } from "./assemble.ts";

const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
const service = await assembleIngestion(settings, createJsonLog("ingestion"));
const token = await readServiceToken(volumeLayout(settings.home));

export default { fetch: guardService(service.fetch, token) };
