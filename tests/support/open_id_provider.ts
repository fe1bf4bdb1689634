import { createServer } from "node:http";
import Provider from "oidc-provider";

/** A real OpenID Connect provider on this machine; any password is right. */
export interface OpenIdProviderUnderTest extends AsyncDisposable {
  /** Its name is `localhost`: for a browser another site than a service on 127.0.0.1. */
  readonly issuer: string;
}

/**
 * Starts a provider with one confidential client.
 *
 * @param redirectUri the client's only one
 * @param claims of each account, by its name; other names have only `sub`
 */
export async function startOpenIdProvider(
  redirectUri: string,
  claims: Readonly<Record<string, Record<string, unknown>>>,
  port = 0,
): Promise<OpenIdProviderUnderTest> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const issuer = `http://localhost:${address.port}`;
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], profile: ["groups", "preferred_username"] },
    pkce: { required: () => true },
    cookies: { keys: ["only for tests"] },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...claims[id] }),
    }),
  });
  // Its pages would load a font from elsewhere.
  provider.use(async (context: { body: unknown }, next: () => Promise<void>) => {
    await next();
    if (typeof context.body === "string") {
      context.body = context.body.replace(/@import url\([^)]*\);/, "");
    }
  });
  server.on("request", provider.callback());
  return {
    issuer,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The client that mammoeval is. */
export const CLIENT = { client_id: "mammoeval", client_secret: "a secret, of tests only" } as const;

/** The settings with which a service uses a provider. */
export function openIdSettings(
  { issuer }: OpenIdProviderUnderTest,
  site: string,
): Record<string, string> {
  return {
    MAMMOEVAL_PORT: new URL(site).port,
    MAMMOEVAL_OIDC_ISSUER: issuer,
    MAMMOEVAL_OIDC_CLIENT_ID: CLIENT.client_id,
    MAMMOEVAL_OIDC_CLIENT_SECRET: CLIENT.client_secret,
    MAMMOEVAL_OIDC_SITE: site,
    MAMMOEVAL_OIDC_ROLES: "radiology=read,model=authors=submit,data-owners=admin",
    MAMMOEVAL_OIDC_ROLE_CLAIM: "groups",
  };
}
