import { join } from "node:path";
import { assembleGateway } from "../services/gateway/assemble.ts";
import type { ScoreReport } from "../shared/contracts/scores.ts";
import { readSettings, type Settings } from "../shared/settings.ts";
import type { Site } from "../client/mod.ts";
import { EXIT } from "./command_line/mod.ts";
import { REPRODUCE, type ReproduceArguments } from "./commands/reproduce.ts";
import type { Console } from "./console.ts";
import { asFailure, Failure } from "./failure.ts";
import { type Interruption, watchForInterruption } from "./interruption.ts";
import { compareWithPublished, readPublished } from "./published.ts";
import type { Comparison, Published } from "./published.ts";
import { type Outcome, runCommand } from "./run_command.ts";
import { runEvaluate } from "./run_evaluate.ts";
import { accessService, quietLog } from "./service_access.ts";

interface Work {
  readonly settings: Settings;
  readonly site: Site;
  readonly console: Console;
  readonly interruption: Interruption;
  /** Folders of fetched sample data by repository and commit. */
  readonly fetched: Map<string, Promise<string>>;
  readonly mirror: string | null;
}

/** Runs models on the data of published metrics and compares. The exit code is 1 unless all numbers are equal. */
export async function reproduce(
  args: ReproduceArguments,
  console: Console,
  environment: Record<string, string> = {},
): Promise<Outcome> {
  const read = (name: string): string | undefined => environment[name] ?? Deno.env.get(name);
  const settings = readSettings(read, Deno.cwd());
  const interruption = watchForInterruption(() => console.note("Left at once"));
  // Always in this process: published.json and the data are on this machine.
  const service = await accessService(() => undefined, () => assembleGateway(settings, quietLog));
  try {
    const work = { settings, site: service.site, console, interruption, mirror: args.mirror };
    const comparisons = await compareAll(args.models, { ...work, fetched: new Map() });
    const equal = comparisons.filter(({ equal }) => equal).length;
    console.result(`${equal} of ${comparisons.length} published numbers are equal`);
    return {
      exitCode: equal === comparisons.length ? EXIT.done : EXIT.failed,
      document: { comparisons },
    };
  } finally {
    await service.stop();
  }
}

async function compareAll(names: readonly string[], work: Work): Promise<Comparison[]> {
  const { settings, site, console, interruption } = work;
  const { items, unusable } = await site.models.list();
  const known = [...items, ...unusable].map(({ name }) => name).toSorted();
  const comparisons: Comparison[] = [];
  for (const model of names.length > 0 ? names : known) {
    if (interruption.signal.aborted) break;
    const published = await readPublished(settings.modelRoots, model);
    if (published === null) {
      if (names.length === 0) continue;
      throw new Failure("not_found", `Model ${model} has no published.json in its folder`);
    }
    const found = compareWithPublished(model, published, await scoreOf(model, published, work));
    for (const { text } of found) console.result(text);
    comparisons.push(...found);
  }
  return comparisons;
}

async function scoreOf(
  model: string,
  { source }: Published,
  work: Work,
): Promise<ScoreReport | { readonly reason: string }> {
  const { settings, site, console, interruption, fetched, mirror } = work;
  const key = `${source.repository} ${source.commit}`;
  const folder = fetched.get(key) ??
    fetchData(mirror ?? source.repository, source.commit, settings);
  fetched.set(key, folder);
  try {
    const data = await folder;
    const { devices } = await site.models.get(model);
    const { gpus } = await site.doctor();
    const onGpu = devices.includes("gpu") && (gpus.indices.length > 0 || !devices.includes("cpu"));
    const { document } = await runEvaluate(
      {
        ...{ model, experiment: "reproduce", gpu: "auto", bootstrap: false },
        images: join(data, source.images),
        preprocessed: settings.preprocessed,
        dataList: join(data, source.data_list),
        results: join(settings.home, "reproduce", "results", model),
        device: onGpu ? "gpu" : "cpu",
      },
      site,
      // Suppress each model's output, which its results folder has; here one line per number counts.
      { ...console, result: () => {} },
      interruption,
    );
    return (document as { score: ScoreReport }).score;
  } catch (error) {
    const lines = asFailure(error).message.split("\n").map((line) => line.trim());
    return { reason: lines.filter((line) => line !== "").join(": ") };
  }
}

/** Fetches one commit of a repository; its id is a checksum of the whole content. */
async function fetchData(url: string, commit: string, settings: Settings): Promise<string> {
  const folder = join(settings.home, "reproduce", commit);
  const git = async (...args: string[]): Promise<string> => {
    const command = new Deno.Command("git", { args: ["-C", folder, ...args], stdin: "null" });
    const { code, stdout, stderr } = await command.output();
    if (code === 0) return new TextDecoder().decode(stdout).trim();
    const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
    throw new Failure(
      "no_data",
      `the sample data cannot be fetched from ${url}: ${said}; on a closed network name a mirror with --mirror`,
    );
  };
  await Deno.mkdir(folder, { recursive: true });
  await git("init", "--quiet");
  if (await git("rev-parse", "HEAD").catch(() => "") !== commit) {
    // Servers may refuse to serve a single commit by id; then fetch the whole history.
    await git("fetch", "--quiet", "--depth", "1", url, commit)
      .catch(() => git("fetch", "--quiet", url, "+refs/heads/*:refs/remotes/origin/*"));
  }
  await git("checkout", "--quiet", "--force", "--detach", commit);
  return folder;
}

if (import.meta.main) await runCommand(REPRODUCE, reproduce);
