/** A metric of the exposition format: its comments, each once, and its samples. */
interface Metric {
  readonly head: Set<string>;
  readonly samples: string[];
}

/**
 * Puts the metrics of several services together. Prometheus wants each `# HELP` and `# TYPE` once,
 * with all samples of the metric below it.
 *
 * @param texts in the Prometheus exposition format; samples follow the comments of their metric
 * @returns one such text
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
