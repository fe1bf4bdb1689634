/** Exit code of what was wrong before anything began. */
const EXIT_USAGE = 2;

/**
 * Ends this process with 2 when another program listens on its port already, before anything is opened: the
 * runtime says so only when all is set up, and without a way out.
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
