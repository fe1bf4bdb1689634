import type { Caller } from "../../../shared/http/mod.ts";
import { FactTable, writePage } from "../../../shared/pages/mod.ts";
import { SITE_LOOK, titleOf, writeSitePage } from "./site.ts";

/**
 * Writes the page on which a person signs in.
 * @param next path and query of the page to go to afterwards
 * @param detail why the request was refused
 * @param hasProvider whether people can sign in without a token
 */
export function writeSignInPage(next: string, detail: string, hasProvider: boolean): string {
  const query = new URLSearchParams({ next });
  // Without the site's script, which only people who are signed in get.
  return writePage(
    { title: titleOf("Sign in"), look: SITE_LOOK, site: true },
    <>
      <h1>Sign in</h1>
      <div class="warnings" role="alert">
        <p>{detail}</p>
      </div>
      {hasProvider && (
        <p>
          <a class="button" href={`/sign-in/oidc?${query}`}>
            Sign in with your organisation’s account
          </a>
        </p>
      )}
      <form class="entry" method="post" action={`/sign-in?${query}`}>
        <label for="token">Token</label>
        <span class="hint" id="token-hint">
          mammoeval_…, from the data owner. The browser keeps only a session, which ends after 12
          hours.
        </span>
        <input
          id="token"
          name="token"
          type="password"
          required
          autocomplete="current-password"
          aria-describedby="token-hint"
        />
        <button type="submit">Sign in</button>
      </form>
    </>,
  );
}

/** Writes the page after a sign-in elsewhere, which leads on by itself. */
export function writeSignedInPage(user: string, next: string): string {
  return writeSitePage(
    "Signed in",
    <>
      <h1>Signed in</h1>
      <p>
        You are signed in as {user}. <a href={next}>Continue</a>
      </p>
    </>,
  );
}

/** Writes the page that says who is signed in, with the button to sign out. */
export function writeAccountPage({ user, role }: Caller): string {
  return writeSitePage(
    "Account",
    <>
      <h1>Account</h1>
      <FactTable label="Account" facts={[["User", user], ["Role", role]]} />
      <form method="post" action="/sign-out">
        <button type="submit">Sign out</button>
      </form>
    </>,
  );
}
