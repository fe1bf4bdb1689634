import { createJsonLog, stopOnSignal } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { assembleAccess } from "./access/assemble.ts";
import { assembleGateway } from "./assemble.ts";

const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
const access = await assembleAccess(settings);
const service = await assembleGateway(settings, createJsonLog, access);
stopOnSignal(service, createJsonLog("gateway"));

export default { fetch: service.fetch };
