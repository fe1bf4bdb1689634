import assert from "node:assert/strict";
import { readSettings } from "../../../shared/settings.ts";
import { assembleAccess, openTokenStore } from "./assemble.ts";
import { makeToken } from "./token.ts";

Deno.test("a gateway on a network address does not start without a token", async () => {
  const home = await Deno.makeTempDir();
  const settingsFor = (host: string): ReturnType<typeof readSettings> =>
    readSettings((name) => ({ MAMMOEVAL_HOME: home, MAMMOEVAL_HOST: host })[name], "/project");
  try {
    for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) {
      await assembleAccess(settingsFor(host));
    }
    for (const host of ["0.0.0.0", "10.0.0.1", "::", "127.0.0.1.example.org"]) {
      await assert.rejects(assembleAccess(settingsFor(host)), /there are no tokens/, host);
    }
    const behind = (published: string): ReturnType<typeof readSettings> => {
      const variables: Record<string, string> = {
        MAMMOEVAL_HOME: home,
        MAMMOEVAL_HOST: "0.0.0.0",
        MAMMOEVAL_PUBLISHED: published,
      };
      return readSettings((name) => variables[name], "/project");
    };
    await assembleAccess(behind("127.0.0.1"));
    await assert.rejects(assembleAccess(behind("10.0.0.1")), /Cannot listen on 10\.0\.0\.1/);
    await assert.rejects(
      assembleAccess(behind("127.0.0.1,10.0.0.2")),
      /Cannot listen on 10\.0\.0\.2:/,
    );
    const order = { user: "ada", role: "admin", createdAt: new Date(), expiresAt: null } as const;
    await openTokenStore(settingsFor("127.0.0.1")).add(makeToken(order).record);
    await assembleAccess(settingsFor("0.0.0.0"));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
