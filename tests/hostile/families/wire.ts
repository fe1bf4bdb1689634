import type { AttackWorld } from "../attack_world.ts";
import { type Attack, leakOf, send } from "../attacks.ts";

const UTF8 = new TextEncoder();
/** How long an answer to what cannot be understood is waited for, in milliseconds. */
const LISTEN_MS = 1_500;

/** Requests whose end, or meaning, two programs could see in two places: the second must never be answered. */
function shapes(host: string, token: string): Record<string, string> {
  const own = `Host: ${host}\r\nAuthorization: ${token}\r\n`;
  const post = (headers: string, body: string): string =>
    `POST /v1/comparisons HTTP/1.1\r\n${own}Content-Type: application/json\r\n${headers}\r\n${body}`;
  const inner = `GET /v1/usage HTTP/1.1\r\n${own}\r\n`;
  const chunked = "Transfer-Encoding: chunked\r\n";
  return {
    "two lengths": post("Content-Length: 2\r\nContent-Length: 3\r\n", `{}${inner}`),
    "two lengths in one": post("Content-Length: 2, 3\r\n", `{}${inner}`),
    "a length and chunks": post(`Content-Length: 2\r\n${chunked}`, `0\r\n\r\n${inner}`),
    "chunks and a length": post(`${chunked}Content-Length: 2\r\n`, `0\r\n\r\n${inner}`),
    "a coding that is none": post("Transfer-Encoding: xchunked\r\n", `0\r\n\r\n${inner}`),
    "two codings": post(`${chunked}Transfer-Encoding: identity\r\n`, `0\r\n\r\n${inner}`),
    "a coding with a space": post("Transfer-Encoding : chunked\r\n", `0\r\n\r\n${inner}`),
    "a coding with a tab": post("Transfer-Encoding:\x0bchunked\r\n", `0\r\n\r\n${inner}`),
    "a length with a sign": post("Content-Length: +2\r\n", `{}${inner}`),
    "a length below nothing": post("Content-Length: -1\r\n", inner),
    "a length in another base": post("Content-Length: 0x2\r\n", `{}${inner}`),
    "a length beyond numbers": post("Content-Length: 99999999999999999999\r\n", `{}${inner}`),
    "a header over two lines": post("X-A: b\r\n Content-Length: 2\r\n", `{}${inner}`),
    "a header that ends in CR": post("X-A: b\rContent-Length: 2\r\n", `{}${inner}`),
    "a header with NUL": post("X-A: b\0\r\nContent-Length: 2\r\n", `{}${inner}`),
    "a header without a name": post(": b\r\nContent-Length: 2\r\n", `{}${inner}`),
    "a chunk of a size beyond numbers": post(
      chunked,
      `fffffffffffffffff\r\n{}\r\n0\r\n\r\n${inner}`,
    ),
    "a chunk of a size with a sign": post(chunked, `+2\r\n{}\r\n0\r\n\r\n${inner}`),
    "a chunk that is longer than it says": post(chunked, `1\r\n{}\r\n0\r\n\r\n${inner}`),
    "a chunk with an endless extension": post(
      chunked,
      `2;${"x".repeat(40_000)}\r\n{}\r\n0\r\n\r\n${inner}`,
    ),
    "chunks in HTTP/1.0": post(chunked, `0\r\n\r\n${inner}`).replace("HTTP/1.1", "HTTP/1.0"),
    "two hosts": `GET /v1/usage HTTP/1.1\r\n${own}Host: evil.example\r\n\r\n`,
    "a version of its own": `GET /v1/usage HTTP/3.7\r\n${own}\r\n`,
    "HTTP/0.9": `GET /v1/usage\r\n${own}\r\n`,
    "a method with a line end": `GET\n /v1/usage HTTP/1.1\r\n${own}\r\n`,
    "a path with a space": `GET /v1/usage evil HTTP/1.1\r\n${own}\r\n`,
    "a path with a control": `GET /v1/us\x01age HTTP/1.1\r\n${own}\r\n`,
    "a tunnel": `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${own}\r\n`,
    "a trace": `TRACE /v1/usage HTTP/1.1\r\n${own}\r\n`,
    "an address of another host":
      `GET http://169.254.169.254/latest HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  };
}

/** What goes over the wire itself: ends of requests, ranges, conditions. */
export function wireAttacks(world: AttackWorld): Attack[] {
  const { people, evaluation, score } = world;
  const { host } = new URL(world.url);
  const token = people.owner["authorization"]!;
  const files = [
    `/v1/evaluations/${evaluation}`,
    `/v1/evaluations/${evaluation}/predictions.csv`,
    `/v1/scores/${score}/image/roc.png`,
    "/docs",
  ];
  const headers: Record<string, string> = {
    "a thousand ranges": `bytes=${Array.from({ length: 1_000 }, () => "0-0").join()}`,
    "overlapping ranges": "bytes=0-,0-,0-",
    "a range beyond numbers": "bytes=99999999999999999999-",
    "a range below nothing": "bytes=-99999999999",
    "a range of letters": "bytes=a-b",
  };
  const conditions: Record<string, readonly [string, string]> = {
    "ten thousand tags": [
      "if-none-match",
      Array.from({ length: 5_000 }, (_, at) => `"${at}"`).join(),
    ],
    "a tag that does not end": ["if-none-match", `"${"x".repeat(10_000)}`],
    "a date in the year 275760": ["if-modified-since", "Sat, 13 Sep 275760 00:00:00 GMT"],
    "a match of nothing": ["if-match", '""'],
    "a range if": ["if-range", '"x"'],
    "codings by the thousand": ["accept-encoding", "gzip;q=0.001,".repeat(3_000)],
    "languages by the thousand": ["accept-language", "x-y;q=0.001,".repeat(3_000)],
    "types by the thousand": ["accept", "text/html;q=0.001,".repeat(2_000)],
  };
  return [
    ...Object.entries(shapes(host, token)).map(([name, text]) => ({
      name,
      run: async () => smuggled(await exchange(world, text)),
    })),
    ...files.flatMap((path) => [
      ...Object.entries(headers).map(([name, range]) => ({
        name: `${path}: ${name}`,
        run: () => sameAsWithout(world, path, { range }),
      })),
      ...Object.entries(conditions).map(([name, [header, value]]) => ({
        name: `${path}: ${name}`,
        run: () => sameAsWithout(world, path, { [header]: value }),
      })),
    ]),
  ];
}

/** Sends a text as it stands and reads what comes back until it ends, or for a moment. */
async function exchange({ url }: AttackWorld, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const timer = setTimeout(() => connection.close(), LISTEN_MS);
  let told = "";
  try {
    await connection.write(UTF8.encode(text));
    const decoder = new TextDecoder();
    for await (const part of connection.readable) {
      told += decoder.decode(part, { stream: true });
      // Whoever has answered twice has taken the bait: there is nothing more to wait for.
      if (answersIn(told) > 1) break;
    }
  } catch {
    // Closed by one side or the other: what has come is what is judged.
  } finally {
    clearTimeout(timer);
  }
  return told;
}

function answersIn(text: string): number {
  return text.match(/HTTP\/1\.[01] \d{3} /g)?.length ?? 0;
}

/** One refusal at most; what was hidden in the body is never answered, and nothing crashes. */
function smuggled(told: string): string | null {
  if (answersIn(told) > 1) return `two answers: ${told.slice(0, 300)}`;
  if (/under_way|"items"/.test(told)) return `it was answered: ${told.slice(0, 300)}`;
  return /HTTP\/1\.[01] 5\d\d/.test(told) ? `crashed: ${told.slice(0, 300)}` : null;
}

async function sameAsWithout(
  world: AttackWorld,
  path: string,
  headers: Record<string, string>,
): Promise<string | null> {
  const { owner } = world.people;
  const [plain, odd] = [
    await send(world, owner, ["GET", path]),
    await send(world, owner, ["GET", path], headers),
  ];
  // A range that takes in the whole file is answered with all of it, as a part.
  const same = odd.text === plain.text && [plain.status, 206].includes(odd.status);
  return leakOf(odd) ?? (same || odd.status >= 400 ? null : `${odd.status}: it differs`);
}
