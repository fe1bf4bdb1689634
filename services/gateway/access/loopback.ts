/**
 * Tells whether an address leads to this machine and to no other.
 *
 * @param host name or address, without a port
 */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
