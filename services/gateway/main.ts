import { createJsonLog } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { assembleGateway } from "./assemble.ts";

const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
const service = await assembleGateway(settings, createJsonLog);

export default { fetch: service.fetch };
