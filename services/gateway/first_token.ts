/** Creates and prints the first token, if one is needed, before a gateway in a container starts. */
import { readSettings } from "../../shared/settings.ts";
import { openTokenStore, reachedFromOutside } from "./access/assemble.ts";
import { makeFirstToken } from "./access/first_token.ts";

const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
const outside = reachedFromOutside(settings);
const text = await makeFirstToken(openTokenStore(settings), outside, new Date());
if (text !== null) {
  const lines = [
    `mammoeval is reachable at ${
      outside.join(" and ")
    }, so every caller needs a token from now on.`,
    "This is the first one, with the role admin. Keep it: only its hash is stored, and it is not shown again.",
    "",
    text,
    "",
  ];
  Deno.stdout.writeSync(new TextEncoder().encode(lines.join("\n")));
}
