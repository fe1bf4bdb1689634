import type { AttackWorld } from "../attack_world.ts";
import type { Attack } from "../attacks.ts";
import { type RawRequest, sendLines } from "../send_lines.ts";

/** What the page of another site can make a browser add, and the same from a page of our own. */
const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { origin: "http://evil.example" },
  { origin: "null" },
  { origin: "http://127.0.0.1:1" },
  { origin: "https://127.0.0.1" },
  { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
  { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" },
];
const BODY_TYPES = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/json",
];
const DOORS = ["DELETE /v1/datasets/sample", "POST /v1/images/prune", "PUT /v1/datasets/sample"];
const PATHS = ["/", "/v1/datasets", "/v1/evaluations", "/openapi.json", "/metrics"];
const NAMES = [
  "evil.example",
  "127.0.0.1.nip.example",
  "localhost.evil.example",
  "x@y",
  "10.0.0.1",
];
const ORDER = JSON.stringify({
  model: "reference",
  experiment: "site",
  dataset: "sample",
  bootstrap: false,
});

/** Requests as a page of another site makes a browser send them, and under names that were pointed here. */
export function siteAttacks({ open }: AttackWorld): Attack[] {
  const { url } = open;
  const attack = (
    name: string,
    request: RawRequest,
    fits: (status: number) => boolean,
  ): Attack => ({
    name,
    run: async (): Promise<string | null> => {
      const { status, text } = await sendLines(url, request);
      return fits(status) ? null : `${status} ${text.slice(-200)}`;
    },
  });
  const isForbidden = (status: number): boolean => status === 403;
  const isRefused = (status: number): boolean => status >= 400 && status < 500;
  const answers = (status: number): boolean => status < 500;
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`x-${at}`, "v"]));
  return [
    ...FOREIGN.flatMap((headers) => [
      ...BODY_TYPES.map((type) =>
        attack(`${type} ${JSON.stringify(headers)}`, post(type, headers), isForbidden)
      ),
      ...DOORS.map((door) => {
        const [method, path] = door.split(" ") as [string, string];
        return attack(`${door} ${JSON.stringify(headers)}`, { method, path, headers }, isForbidden);
      }),
    ]),
    ...NAMES.flatMap((host) =>
      PATHS.map((path) => attack(`${path} of ${host}`, read({ host }, path), isRefused))
    ),
    {
      name: "CORS",
      run: async (): Promise<string | null> => {
        const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };
        const { text } = await sendLines(url, {
          method: "OPTIONS",
          path: "/v1/evaluations",
          headers,
        });
        return /access-control-allow/i.test(text) ? "CORS is on" : null;
      },
    },
    attack("5,000 headers", read(many), answers),
    attack("a header of 1 MB", read({ "x-long": "x".repeat(1_000_000) }), answers),
    attack("7,500 parameters", read({}, `/v1/datasets?${"a=1&".repeat(7_500)}`), answers),
  ];
}

/**
 * The same requests without the attack.
 *
 * @returns those that are not answered as they should be
 */
export async function siteUses({ open }: AttackWorld): Promise<string[]> {
  const { url } = open;
  const { host } = new URL(url);
  const own = [{}, { origin: `http://${host}` }, { "sec-fetch-site": "same-origin" }];
  const uses: (readonly [RawRequest, number])[] = [
    ...own.map((headers) => [post("application/json", headers), 202] as const),
    ...[host, "localhost", "[::1]:8000"].map((name) => [read({ host: name }), 200] as const),
  ];
  const odd: string[] = [];
  for (const [request, wanted] of uses) {
    const { status, text } = await sendLines(url, request);
    if (status !== wanted) odd.push(`${JSON.stringify(request)}: ${status} ${text.slice(-200)}`);
  }
  return odd;
}

function post(type: string, headers: Readonly<Record<string, string>>): RawRequest {
  return {
    ...{ method: "POST", path: "/v1/evaluations", body: ORDER },
    headers: { "content-type": type, ...headers },
  };
}

function read(headers: Readonly<Record<string, string>>, path = "/v1/datasets"): RawRequest {
  return { method: "GET", path, headers };
}
