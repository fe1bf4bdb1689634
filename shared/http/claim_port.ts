/** Exit code for errors before the start. */
const EXIT_USAGE = 2;

/**
 * Exits with code 2 if another program uses the port, before anything is opened. The runtime would report it only after
 * the setup, and without advice.
 */
export function claimPort({ host, port }: { host: string; port: number }): void {
  try {
    Deno.listen({ hostname: host, port }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    const message =
      `Cannot listen on ${host}:${port}: another program, perhaps an earlier mammoeval, uses this ` +
      `port; stop it, or choose another port: MAMMOEVAL_PORT=${port + 1}\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(message));
    Deno.exit(EXIT_USAGE);
  }
}
