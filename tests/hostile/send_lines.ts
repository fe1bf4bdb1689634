const UTF8 = new TextEncoder();

/** A request as it goes over the wire: `fetch` would set or refuse some of its headers. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * @param url base URL of the service
 * @param request to send; without a host of its own it names the service's
 * @returns status, 0 where the connection was closed without an answer, and all that came back
 */
export async function sendLines(
  url: string,
  { method, path, headers, body = "" }: RawRequest,
): Promise<{ status: number; text: string }> {
  const { hostname, port, host } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const all = {
    host,
    connection: "close",
    ...body === "" ? {} : { "content-length": String(UTF8.encode(body).length) },
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const request = [`${method} ${path} HTTP/1.1`, ...lines, "", body].join("\r\n");
  const sent = new Blob([request]).stream().pipeTo(connection.writable, { preventClose: true });
  // Whoever refuses early closes early: what was not sent then is no fault.
  const [text] = await Promise.all([readAll(connection.readable), sent.catch(() => {})]);
  return { status: Number(text.split(" ", 2)[1] ?? 0), text };
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const part of stream) text += decoder.decode(part, { stream: true });
  } catch {
    // A reset after the answer takes nothing of it back.
  }
  return text;
}
