import { createJsonLog, stopOnSignal } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { lockVolume, volumeLayout } from "../../shared/volume/mod.ts";
import { assembleAccess } from "./access/assemble.ts";
import { assembleGateway } from "./assemble.ts";

// Whatever the shell has set: what others must not read has a mode of its own.
Deno.umask(0o022);
const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
// The process ends with the service, and the lock with the process.
await lockVolume(volumeLayout(settings.home), "gateway");
const access = await assembleAccess(settings);
const service = await assembleGateway(settings, createJsonLog, access);
stopOnSignal(service, createJsonLog("gateway"));

export default { fetch: service.fetch };
