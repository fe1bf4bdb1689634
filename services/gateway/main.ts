import { claimPort, createJsonLog, stopOnSignal } from "../../shared/http/mod.ts";
import { addressToOpen, readSettings } from "../../shared/settings.ts";
import { lockVolume, SERVICE_UMASK, volumeLayout } from "../../shared/volume/mod.ts";
import { isOpen } from "./access/admit.ts";
import { assembleAccess } from "./access/assemble.ts";
import { announce } from "./announce.ts";
import { assembleGateway } from "./assemble.ts";

// Independent of the shell's umask; private files set their own mode.
Deno.umask(SERVICE_UMASK);
const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
claimPort(settings);
// The lock ends with the process.
await lockVolume(volumeLayout(settings.home), "gateway");
const access = await assembleAccess(settings, createJsonLog("gateway"));
const service = await assembleGateway(settings, createJsonLog, access);
stopOnSignal(service, createJsonLog("gateway"));
// The port opens after this module has loaded.
setTimeout(async () => {
  const json = Deno.args.includes("--json") || !Deno.stdout.isTerminal();
  await announce(
    { url: addressToOpen(settings), isOpen: await isOpen(access), json },
    service.inference,
    (text) => void Deno.stdout.writeSync(new TextEncoder().encode(text)),
  );
});

export default { fetch: service.fetch };
