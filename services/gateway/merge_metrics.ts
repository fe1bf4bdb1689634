/** A metric of the exposition format: its comments without duplicates, and its samples. */
interface Metric {
  readonly head: Set<string>;
  readonly samples: string[];
}

/**
 * Merges the metrics of several services: Prometheus requires each `# HELP` and `# TYPE` once, followed by all
 * samples of the metric.
 * @param texts in the Prometheus exposition format; samples follow the comments of their metric
 */
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
