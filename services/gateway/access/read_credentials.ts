/** What a request says of who asks. */
export type Credentials =
  /** A token in `Authorization: Bearer`. */
  | { readonly kind: "bearer"; readonly token: string }
  /** A token as the password of `Authorization: Basic`: what a browser can ask a person for. */
  | { readonly kind: "basic"; readonly token: string }
  | { readonly kind: "none" };

/**
 * Reads `Authorization` (RFC 6750, RFC 7617).
 *
 * @param header its value, or undefined
 * @returns the token as it was sent, not checked
 */
export function readCredentials(header: string | undefined): Credentials {
  const [, scheme, value] = /^\s*(\w+)\s+(\S+)\s*$/.exec(header ?? "") ?? [];
  if (scheme === undefined || value === undefined) return { kind: "none" };
  if (scheme.toLowerCase() === "bearer") return { kind: "bearer", token: value };
  if (scheme.toLowerCase() !== "basic") return { kind: "none" };
  const text = decodeBase64(value);
  return { kind: "basic", token: text.slice(text.indexOf(":") + 1) };
}

function decodeBase64(value: string): string {
  try {
    return atob(value);
  } catch {
    return "";
  }
}
