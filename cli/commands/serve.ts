import { type Command, didYouMean } from "../command_line/mod.ts";
import { type ServiceName, SERVICES } from "../service_needs.ts";

export const SERVE: Command<ServiceName> = {
  name: "start",
  about: "Serves HTTP on MAMMOEVAL_HOST and MAMMOEVAL_PORT, http://127.0.0.1:8000 by default",
  task: "serve",
  hasJson: true,
  forms: [{ positionals: [], options: {} }],
  notes:
    `Prints the address to open and what it has found, in words on a terminal, else as a line of JSON.
A port that is taken is an exit code 2. Ends on Ctrl-C or SIGTERM; what runs then is taken up again at the next start. The image's own command
is "serve <service>", one of ${SERVICES.join(", ")}.`,
  examples: [
    { about: "the gateway, with the other services in its process", line: "deno task start" },
    { about: "on another port", line: "MAMMOEVAL_PORT=8080 deno task start" },
  ],
  read: () => "gateway",
};

/** @throws {RangeError} if there is no such service */
export function readServiceName(name: string): ServiceName {
  const service = SERVICES.find((known) => known === name);
  if (service !== undefined) return service;
  throw new RangeError(
    `Cannot serve ${name || "nothing"}: use ${SERVICES.join(", ")}${didYouMean(name, SERVICES)}`,
  );
}
