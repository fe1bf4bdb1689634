/** A way to a service whose event streams break. */
export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /** How many streams it has cut off. */
  readonly cuts: number;
}

/**
 * Passes bytes on, as a cable does. Connections over which a stream of this path is asked for are torn off, each a
 * little later than the one before.
 *
 * @param target base URL of the service
 * @param path end of the path of the stream
 * @param stepBytes how much more the next connection carries
 */
export function startCuttingProxy(target: string, path: string, stepBytes: number): CuttingProxy {
  const { hostname, port } = new URL(target);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const streamAsked = new RegExp(`^GET \\S+${RegExp.escape(path)}\\S* HTTP`, "m");
  const pipes: Promise<void>[] = [];
  const connections = new Set<Deno.Conn>();
  let cuts = 0;

  async function carry(client: Deno.Conn): Promise<void> {
    const server = await Deno.connect({ hostname, port: Number(port) });
    connections.add(client).add(server);
    let left = Infinity;
    async function up(): Promise<void> {
      for await (const chunk of client.readable) {
        if (streamAsked.test(new TextDecoder().decode(chunk))) left = stepBytes * (cuts + 1);
        await server.write(chunk);
      }
    }
    async function down(): Promise<void> {
      const buffer = new Uint8Array(16 * 1024);
      while (left > 0) {
        const count = await server.read(buffer);
        if (count === null) return;
        const passed = Math.min(count, left);
        await client.write(buffer.subarray(0, passed));
        left -= passed;
      }
      cuts++;
    }
    const upwards = up().catch(() => {});
    await down().catch(() => {});
    close(client);
    close(server);
    connections.delete(client);
    connections.delete(server);
    await upwards;
  }

  const accepting = (async (): Promise<void> => {
    for await (const client of listener) pipes.push(carry(client));
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    get cuts(): number {
      return cuts;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      // A client keeps connections for its next request.
      for (const connection of connections) close(connection);
      await accepting.catch(() => {});
      await Promise.all(pipes);
    },
  };
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
