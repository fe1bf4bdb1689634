import { proxy } from "hono/proxy";
import { type Fetch, Problem } from "../../shared/http/mod.ts";

export type UpstreamName = "ingestion" | "inference" | "scoring";

export type Upstreams = Readonly<Record<UpstreamName, Fetch>>;

/** Which service owns which paths; the first matching prefix counts. */
export const OWNERS: readonly (readonly [prefix: string, owner: UpstreamName])[] = [
  ["/v1/datasets", "ingestion"],
  ["/v1/models", "inference"],
  ["/v1/images", "inference"],
  ["/v1/evaluations", "inference"],
  ["/v1/usage", "inference"],
  ["/v1/doctor", "inference"],
  ["/v1/scores", "scoring"],
  ["/v1/comparisons", "scoring"],
  ["/v1/ensembles", "scoring"],
  ["/v1/leaderboards", "scoring"],
  ["/v1/reader-studies", "scoring"],
  ["/v1/screening-simulations", "scoring"],
  ["/v1/score-analyses", "scoring"],
  ["/v1/paired-decisions", "scoring"],
  ["/reports", "scoring"],
  ["/leaderboards", "scoring"],
  ["/reader-studies", "scoring"],
  ["/comparisons", "scoring"],
  ["/screening-simulations", "scoring"],
  ["/score-analyses", "scoring"],
  ["/paired-decisions", "scoring"],
];

export function ownerOf(path: string): UpstreamName | null {
  const owner = OWNERS.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
  return owner?.[1] ?? null;
}

/** Forwards requests to a service over HTTP; `baseUrl` has no trailing slash. */
export function proxyTo(name: UpstreamName, baseUrl: string): Fetch {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    try {
      return await proxy(`${baseUrl}${pathname}${search}`, { raw: request });
    } catch (cause) {
      throw new Problem(
        "upstream_unavailable",
        `The ${name} service does not answer: is it running?`,
        { cause },
      );
    }
  };
}
