import { damagedFilesSchema, type Diagnosis } from "../../shared/contracts/doctor.ts";
import { CALLER_HEADERS, type Fetch } from "../../shared/http/mod.ts";
import type { DamagedFile } from "../../shared/volume/mod.ts";
import type { UpstreamName, Upstreams } from "./upstreams.ts";

export interface JoinedServices {
  /** The given services, except that `GET /v1/doctor` lists the damage of all services to an admin. */
  readonly upstreams: Upstreams;
  /** All damaged files, except those of services that do not answer. */
  readonly damaged: () => Promise<DamagedFile[]>;
}

/** Combines the damage reports of the services: each sees a part of the volume, and only the gateway reaches all. */
export function joinDamage(
  upstreams: Upstreams,
  own: () => readonly DamagedFile[],
): JoinedServices {
  async function damaged(): Promise<DamagedFile[]> {
    const answers = Object.values(upstreams).map((fetch: Fetch) => askDamaged(fetch));
    const files = [...own(), ...(await Promise.all(answers)).flat()];
    // Two services may read the same file: keep the first report of each path.
    return [...new Map(files.toReversed().map((file) => [file.path, file])).values()].reverse();
  }

  async function inference(request: Request): Promise<Response> {
    const answer = await upstreams.inference(request);
    if (new URL(request.url).pathname !== "/v1/doctor" || !answer.ok) return answer;
    const diagnosis: Diagnosis = await answer.json();
    const files = await damaged();
    const isAdmin = request.headers.get(CALLER_HEADERS.role) === "admin";
    const volume = {
      ...diagnosis.volume,
      damaged: isAdmin ? files : [],
      damaged_total: files.length,
    };
    const headers = new Headers(answer.headers);
    headers.delete("content-length");
    return new Response(JSON.stringify({ ...diagnosis, volume }), { headers });
  }

  return { upstreams: { ...upstreams, inference } satisfies Record<UpstreamName, Fetch>, damaged };
}

async function askDamaged(fetch: Fetch): Promise<DamagedFile[]> {
  try {
    const answer = await fetch(new Request("http://upstream/internal/damaged"));
    return damagedFilesSchema.parse(await answer.json());
  } catch {
    return []; // GET /readyz reports that it does not answer
  }
}

/** A metric of the exposition format: its comments without duplicates, and its samples. */
interface Metric {
  readonly head: Set<string>;
  readonly samples: string[];
}

/** Merges expositions: Prometheus requires each `# HELP` and `# TYPE` once, before all samples of the metric. */
export function mergeMetrics(texts: readonly string[]): string {
  const metrics = new Map<string, Metric>();
  for (const text of texts) {
    let name = "";
    for (const line of text.split("\n").filter((line) => line !== "")) {
      const comment = /^# (?:HELP|TYPE) (\S+)/.exec(line);
      name = comment?.[1] ?? name;
      const metric = metrics.get(name) ?? { head: new Set(), samples: [] };
      metrics.set(name, metric);
      if (comment === null) metric.samples.push(line);
      else metric.head.add(line);
    }
  }
  return [...metrics.values()].flatMap(({ head, samples }) => [...head, ...samples, ""]).join("\n");
}
