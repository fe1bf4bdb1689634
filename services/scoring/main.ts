import { createJsonLog } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { assembleScoring } from "./assemble.ts";

const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
const service = await assembleScoring(settings, createJsonLog("scoring"));

export default { fetch: service.fetch };
