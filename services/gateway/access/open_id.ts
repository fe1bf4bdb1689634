import * as client from "openid-client";
import { Problem, type Role, ROLES } from "../../../shared/http/mod.ts";
import { singleFlight } from "../../../shared/async.ts";
import { OIDC_PATIENCE_S } from "../../../shared/limits.ts";
import type { OpenIdSettings } from "../../../shared/settings.ts";

/** Path to which the provider sends browsers back; registered there with the site's base URL. */
export const CALLBACK_PATH = "/sign-in/oidc/callback";

/** What a browser keeps while its user is at the provider; it proves that the answer belongs to this browser. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  /** PKCE code verifier. */
  readonly verifier: string;
  readonly next: string;
}

/** A person as the provider describes them. */
export interface Person {
  readonly user: string;
  /** Highest of the person's roles; null if there is none. */
  readonly role: Role | null;
}

export interface OpenIdProvider {
  /** Returns the provider's page to sign in at. */
  begin(next: string): Promise<{ readonly url: URL; readonly login: PendingLogin }>;
  /** @throws {Problem} `unauthorized` for an invalid answer, `upstream_unavailable` if the provider cannot be asked */
  finish(query: string, login: PendingLogin): Promise<Person>;
}

/** Names as in tokens, and addresses. */
const USER_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/;
/** Error codes that are safe to show: those of RFC 6749, 4.1.2.1 and OpenID Connect have this form. */
const CODE_PATTERN = /^[a-z_]{1,40}$/;
/** Codes of openid-client for answers and ID tokens that are not valid. */
const BAD_ANSWERS = /^OAUTH_(?:INVALID_RESPONSE|JWT_|KEY_SELECTION)/;

/** Authorization code with PKCE, state and nonce; metadata is read at the first sign-in. */
export function createOpenIdProvider(settings: OpenIdSettings): OpenIdProvider {
  let found: client.Configuration | null = null;
  const discoverOnce = singleFlight(() => discover(settings));
  const configuration = async (): Promise<client.Configuration> => found ??= await discoverOnce();
  const redirectUri = `${settings.site}${CALLBACK_PATH}`;
  return {
    begin: (next) =>
      telling(async () => {
        const login = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
          next,
        };
        const url = client.buildAuthorizationUrl(await configuration(), {
          redirect_uri: redirectUri,
          scope: settings.scopes.join(" "),
          state: login.state,
          nonce: login.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(login.verifier),
          code_challenge_method: "S256",
        });
        return { url, login };
      }),
    finish: (query, login) =>
      telling(async () => {
        const config = await configuration();
        // The address is ours, whatever host the request names.
        const tokens = await client.authorizationCodeGrant(config, new URL(redirectUri + query), {
          expectedState: login.state,
          expectedNonce: login.nonce,
          pkceCodeVerifier: login.verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        const isComplete = [settings.roleClaim, settings.userClaim].every((name) =>
          claimOf(claims, name) !== undefined
        );
        if (isComplete || config.serverMetadata().userinfo_endpoint === undefined) {
          return personOf(claims, settings);
        }
        const more = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
        return personOf({ ...more, ...claims }, settings);
      }),
  };
}

async function discover(settings: OpenIdSettings): Promise<client.Configuration> {
  const issuer = new URL(settings.issuer);
  const { clientId, clientSecret: secret } = settings;
  const isPlain = issuer.protocol === "http:";
  return await client.discovery(
    issuer,
    clientId,
    undefined,
    secret === null ? client.None() : client.ClientSecretBasic(secret),
    {
      timeout: OIDC_PATIENCE_S,
      execute: [
        client.enableNonRepudiationChecks,
        ...isPlain ? [client.allowInsecureRequests] : [],
      ],
    },
  );
}

/** Tells a provider that cannot be asked from an answer that is not valid. Details stay in the log. */
async function telling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    if (cause instanceof client.AuthorizationResponseError) {
      const code = CODE_PATTERN.test(cause.error) ? ` (${cause.error})` : "";
      const detail = `The sign-in was refused where you have your account${code}: try again`;
      throw new Problem("unauthorized", detail, { cause });
    }
    const isAnswer = cause instanceof client.ClientError && BAD_ANSWERS.test(cause.code ?? "");
    const isCode = cause instanceof client.ResponseBodyError && cause.error === "invalid_grant";
    if (isAnswer || isCode) {
      const detail =
        "The answer of the place where you have your account is not valid here, or no " +
        "longer valid: sign in again";
      throw new Problem("unauthorized", detail, { cause });
    }
    throw new Problem(
      "upstream_unavailable",
      "The place where you have your account does not answer as expected: try again later, or sign " +
        "in with a token",
      { cause },
    );
  }
}

type Claims = Readonly<Record<string, unknown>>;

/** @throws {Problem} `forbidden` if the claims name no usable user */
export function personOf(
  claims: Claims,
  { userClaim, roleClaim, roles }: Pick<OpenIdSettings, "userClaim" | "roleClaim" | "roles">,
): Person {
  const user = claimOf(claims, userClaim);
  if (typeof user !== "string" || !USER_PATTERN.test(user)) {
    throw new Problem(
      "forbidden",
      `Your account has no user name in the claim ${userClaim}: 1 to 128 letters, digits and ._@+-; ` +
        "the data owner chooses the claim (MAMMOEVAL_OIDC_USER_CLAIM)",
    );
  }
  // An address that nobody has confirmed may be somebody else's.
  if (userClaim === "email" && claims["email_verified"] !== true) {
    throw new Problem("forbidden", "Your account's address is not verified (email_verified)");
  }
  const held = [claimOf(claims, roleClaim)].flat().flatMap((value) =>
    typeof value === "string" ? roles.get(value) ?? [] : []
  );
  return { user, role: ROLES.findLast((role) => held.includes(role)) ?? null };
}

/** The claim of a name; dots lead into objects where no claim has the whole name. */
function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split(".").reduce<unknown>(
    (found, key) =>
      typeof found === "object" && found !== null && Object.hasOwn(found, key)
        ? (found as Claims)[key]
        : undefined,
    claims,
  );
}
