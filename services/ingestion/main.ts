import { createJsonLog } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { assembleIngestion } from "./assemble.ts";

const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
const service = await assembleIngestion(settings, createJsonLog("ingestion"));

export default { fetch: service.fetch };
