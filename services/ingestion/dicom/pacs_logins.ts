import { z } from "zod";
import { type FetchPacs, PacsFailed } from "./pacs.ts";
import { trimEndOf } from "../../../shared/trim_end_of.ts";

/** Login at one PACS: HTTP Basic or a bearer token, and a client certificate (PEM). */
const login = z.strictObject({
  user: z.string().min(1).optional(),
  password: z.string().optional(),
  token: z.string().regex(/^[\x21-\x7e]+$/).optional(),
  certificate: z.string().optional(),
  key: z.string().optional(),
  ca: z.string().optional(),
}).refine(
  ({ user, token, password }) =>
    (user === undefined || token === undefined) &&
    (user === undefined) === (password === undefined),
).refine(({ certificate, key }) => (certificate === undefined) === (key === undefined));
/** The file of logins: maps the base URL of a PACS to its login. */
export const pacsLogins = z.record(z.url(), login);

/**
 * Returns a `fetch` that authenticates at a PACS with the site's file of logins; `path` is "" for none.
 * @throws {PacsFailed} when the file cannot be used; the message quotes nothing from it
 */
export function fetchWithLogin(path: string, base: string): FetchPacs {
  if (path === "") return fetch;
  const found = Object.entries(readLogins(path)).find(([url]) => trimEndOf(url, "/") === base);
  if (found === undefined) return fetch;
  const { user, password, token, certificate, key, ca } = found[1];
  const credentials = user === undefined
    ? token === undefined ? null : `Bearer ${token}`
    : `Basic ${new TextEncoder().encode(`${user}:${password}`).toBase64()}`;
  const client = Deno.createHttpClient({
    ...(certificate === undefined ? {} : { cert: certificate, key: key! }),
    ...(ca === undefined ? {} : { caCerts: [ca] }),
  });
  return (url, init) => {
    const headers = new Headers(init.headers);
    if (credentials !== null) headers.set("authorization", credentials);
    return fetch(url, { ...init, headers, client });
  };
}

function readLogins(path: string): z.infer<typeof pacsLogins> {
  try {
    return pacsLogins.parse(JSON.parse(Deno.readTextFileSync(path)));
  } catch {
    throw new PacsFailed(
      "The file that MAMMOEVAL_DICOMWEB_LOGINS names cannot be read, or is not as docs/dicom.md says: each URL with " +
        "user and password, or token; certificate and key; ca",
    );
  }
}
