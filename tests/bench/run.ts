/**
 * Measures speed against what people use instead, in one run on one machine: `deno task bench`, or
 * `deno task bench statistics scores` for some topics. A topic is a file `<topic>_bench.ts` here whose
 * default export is a {@linkcode Topic}.
 *
 * Only ratios say something: they are printed beside the times that they are made of.
 *
 * @module
 */
import { createReporter, type Topic } from "./topic.ts";

const FOLDER = new URL(".", import.meta.url);
const SUFFIX = "_bench.ts";

function topics(): string[] {
  return [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
    .filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length)).sort();
}

async function main(asked: readonly string[]): Promise<number> {
  const known = topics();
  const unknown = asked.filter((name) => !known.includes(name));
  const reporter = createReporter();
  if (unknown.length > 0) {
    reporter.line(`There is no topic ${unknown.join(", ")}: there are ${known.join(", ")}`);
    return 2;
  }
  reporter.line(
    `Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} processors, ` +
      `load ${Deno.loadavg().map((load) => load.toFixed(1)).join(" ")}`,
  );
  for (const name of asked.length > 0 ? asked : known) {
    const { default: topic }: { default: Topic } = await import(`./${name}${SUFFIX}`);
    reporter.line(`\n${name}: ${topic.about}`);
    await topic.run(reporter);
  }
  return reporter.missed === 0 ? 0 : 1;
}

Deno.exit(await main(Deno.args));
