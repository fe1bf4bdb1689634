import { join } from "node:path";
import sharp from "sharp";
import { openSqliteLedger } from "../../services/inference/ledger/sqlite_ledger.ts";
import { volumeLayout } from "../../shared/volume/mod.ts";
import { addToken } from "../support/add_token.ts";
import { evaluate, registerSample } from "../support/evaluations.ts";
import { dataListOf, imageNamesOf } from "../support/ingestion/world.ts";
import { png } from "../support/ingestion/images.ts";
import { sendJson } from "../support/http.ts";
import { startServiceProcess } from "../support/service_process.ts";
import { medianMs, type Reporter, type Topic } from "./topic.ts";

/** Evaluations and scores of a new site, and of one that has been used for years. */
const [FEW, MANY] = [50, 5000];
/** How many times as long the start page may take with many. */
const START_AIM = 3;
/** How many times as long as a plain decode a picture may take. */
const PICTURE_AIM = 2.5;
const CACHED_MS_MAX = 20;
const [WIDTH, HEIGHT, SHOWN] = [3328, 4096, 1200];
const ROUNDS = 9;

const ENVIRONMENT = {
  MAMMOEVAL_EXECUTOR: "process",
  MAMMOEVAL_GPUS: "none",
  MAMMOEVAL_RATE_LIMIT: "0",
};

async function get(url: string, headers: Record<string, string> = {}): Promise<void> {
  const answer = await fetch(url, { headers: { accept: "text/html", ...headers } });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
}

/** Copies one evaluation with its score until there are so many; ids and scores differ. */
async function fill(home: string, evaluation: string, count: number): Promise<void> {
  const layout = volumeLayout(home);
  const ledger = openSqliteLedger(layout.ledger);
  try {
    const first = ledger.get(evaluation)!;
    const all = Array.from({ length: count - 1 }, (_, at) => ({
      ...first,
      id: ledger.newId(),
      request: { ...first.request, experiment: `run${at}` },
    }));
    ledger.addAll(all);
    const { folder } = JSON.parse(
      await Deno.readTextFile(join(layout.scores, evaluation, "location.json")),
    );
    const report = JSON.parse(await Deno.readTextFile(join(home, folder, "score.json")));
    for (const [at, { id, request }] of all.entries()) {
      await Deno.mkdir(join(layout.scores, id), { recursive: true });
      const created_at = new Date(Date.parse(report.created_at) + at).toISOString();
      const made = { ...report, id, evaluation: id, experiment: request.experiment, created_at };
      await Deno.writeTextFile(join(layout.scores, id, "score.json"), JSON.stringify(made));
    }
  } finally {
    ledger.close();
  }
}

/** Times of the start page for a data owner and a reader, in milliseconds. */
async function startPage(
  folder: string,
  count: number,
): Promise<{ owner: number; reader: number }> {
  const home = join(folder, `home${count}`);
  await using service = await startServiceProcess({ home, environment: ENVIRONMENT });
  await registerSample(service.url);
  const { id } = await evaluate(service.url, "reference");
  await service.kill();
  await fill(home, id, count);
  await service.start();
  const owner = await medianMs(ROUNDS, () => get(service.url));
  const reader = await addToken({ home }, "reader", "read");
  return { owner, reader: await medianMs(ROUNDS, () => get(service.url, reader)) };
}

async function pictures(folder: string, reporter: Reporter): Promise<void> {
  const data = join(folder, "data");
  await Deno.mkdir(join(data, "images"), { recursive: true });
  const list = join(data, "list.json");
  await Deno.writeTextFile(list, dataListOf(ROUNDS));
  const plain = png({ width: WIDTH, height: HEIGHT });
  const names = imageNamesOf(ROUNDS);
  for (const name of names) await Deno.writeFile(join(data, `images/${name}.png`), plain);
  const environment = { ...ENVIRONMENT, MAMMOEVAL_DATA_ROOTS: data };
  await using service = await startServiceProcess({ home: join(folder, "seen"), environment });
  const registered = await sendJson(`${service.url}/v1/datasets`, "POST", {
    ...{ name: "large", images: join(data, "images"), data_list: list },
  }, { prefer: "wait=120" });
  if (registered.body.status !== "ready") throw new Error(JSON.stringify(registered.body));
  const path = (at: number): string =>
    `${service.url}/v1/datasets/large/images/${names[at]}?width=${SHOWN}`;
  // A new image in every round, so that nothing comes from the cache.
  const rendered = await medianMs(ROUNDS, (round) => get(path(round + 2)));
  const decoded = await medianMs(ROUNDS, () => sharp(plain).raw({ depth: "ushort" }).toBuffer());
  const cached = await medianMs(ROUNDS, () => get(path(0)));
  reporter.bound(
    `${WIDTH} x ${HEIGHT} at ${SHOWN} pixels (${rendered.toFixed(0)} ms) against a plain decode`,
    rendered / decoded,
    "times as long",
    PICTURE_AIM,
  );
  reporter.bound("the same from the cache", cached, "ms", CACHED_MS_MAX);
}

/** How long pages and pictures take. */
const topic: Topic = {
  about: "the start page of a large site, and pictures of mammograms",
  async run(reporter): Promise<void> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "mammoeval-bench-" }));
    try {
      const [few, many] = [await startPage(folder, FEW), await startPage(folder, MANY)];
      for (const who of ["owner", "reader"] as const) {
        const what = `start page for a data ${who} with ${MANY} evaluations and scores ` +
          `(${many[who].toFixed(0)} ms) against ${FEW}`;
        reporter.bound(what, many[who] / few[who], "times as long", START_AIM);
      }
      await pictures(folder, reporter);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};

export default topic;
