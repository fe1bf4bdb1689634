/**
 * A model's author fills the label column of the predictions with guesses. Whatever callers who may not see the
 * truth are told must be the same for right and for wrong guesses, on every route.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readDataList } from "../../shared/format/mod.ts";
import { lateralityOf, VIEWS } from "../../shared/domain/mod.ts";
import { addToken, type Bearer } from "../support/add_token.ts";
import { apiDocument, makeApps } from "../support/api.ts";
import { PROJECT, type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { registerSample } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

/** What is otherwise at every run: ids, digests, moments, times and sizes. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>"],
  [/\b[0-9a-f]{8,64}\b/g, "<digest>"],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| UTC)?/g, "<moment>"],
  [/\d\d:\d\d(?::\d\d)?/g, "<time>"],
  // A short run may end before its use was measured once.
  [/"(\w+_(?:ms|s|bytes|max)|cpus|attempts|done)":(?:[\d.]+|null)/g, '"$1":<measured>'],
  // A file's tag is made of its size, which is compared, and of its time and place.
  [/"(\w+)-\w+-\w+-all"/g, '"$1"'],
  [/(?:\w+_(?:ms|s|bytes)=[\d.]+(?:, )?)+/g, "<measured>"],
  [/(<t[hd][^>]*>(?:Used by the run|resources)<\/th><td>)none/g, "$1<measured>"],
  [/\b\d+(?:\.\d+)?\s?(?:ms|s|B|kB|MB|GB|KiB|MiB|GiB|seconds?|minutes?)\b/g, "<measured>"],
  [/\/tmp\/[\w./-]+|127\.0\.0\.1:\d+/g, "<place>"],
];
/** Numbers of the process and of how long requests took, in the metrics. */
const METERED = /^(?:process_|nodejs_|mammoeval_\w*(?:seconds|bytes|duration|requests?)\w*).*$/gm;
/** Files that tell their reader what the reader's own model wrote. */
const OWN_WORDS = /\/predictions\.csv$/;

/** Computations on scores that everybody may ask for: with guesses they answer the same. */
const MADE_OF_SCORES = ["/v1/comparisons", "/v1/ensembles"];
/** Requests that depend on labels of single exams, which are refused to others in the same words. */
const NEED_THE_TRUTH: Readonly<Record<string, (score: string, other: string) => unknown>> = {
  "/v1/screening-simulations": (score) => ({
    score,
    pathways: [{ kind: "rule_out", threshold: 0.2 }],
  }),
  "/v1/score-analyses": (score, other) => ({
    score,
    truth: { within_days: [365, 730] },
    thresholds: [0.5, { target: { sensitivity: 0.9 }, tune: { score: other } }],
    recalibration: { tune: { score: other } },
  }),
  "/v1/paired-decisions": (score, other) => ({
    score,
    discordant: 1000,
    comparisons: [{ first: { threshold: 0.5 }, second: { score: other, threshold: 0.5 } }],
  }),
  "/v1/scores/{id}/subgroups": () => ({ subgroups: '["density"]' }),
  "/v1/scores/{id}/rescore": () => ({ operating_points: "0.35" }),
  "/v1/scores/{id}/release": () => ({ as: "full" }),
};
/** What changes things and says nothing of scores, or takes the sender's own list. */
const OTHER_POSTS = [
  ..."/v1/datasets /v1/datasets/{id}/studies /v1/models/{name}/build /v1/models/{name}/check /v1/images/prune"
    .split(" "),
  ..."/v1/evaluations /v1/evaluations/batch /v1/evaluations/{id}/cancel".split(" "),
  "/v1/evaluations/{id}/webhooks/{delivery}/redeliver",
  ...["/v1/scores", "/v1/reader-studies"],
];

type Guess = "right" | "wrong";

/** A service with one evaluation that is fine and one that is not, whose labels were guessed. */
interface GuessedWorld {
  readonly service: ServiceUnderTest;
  readonly people: Readonly<Record<"author" | "reader" | "owner", Bearer>>;
  /** Ids by the name of the path's parameter and what it is of. */
  readonly ids: Readonly<Record<string, string>>;
}

/** A project whose reference model writes these guesses; of the experiment `broken` it leaves out a row. */
async function guessingProject(folder: string, guess: Guess): Promise<string> {
  const { exams } = readDataList(
    await Deno.readFile(join(PROJECT, "sample_data/data.pkl")),
    "pkl",
  );
  const rows = exams.flatMap((exam) =>
    VIEWS.flatMap((view) =>
      exam.images[view].map((image, at) => {
        const label = exam.malignant[lateralityOf(view)];
        const score = ((exam.index * 7 + VIEWS.indexOf(view) * 3 + at) % 10) / 10;
        return `${image},${score},${guess === "right" ? label : 1 - label!}`;
      })
    )
  );
  const project = join(folder, "project");
  const reference = join(project, "models/reference");
  await Deno.mkdir(join(reference, "predict"), { recursive: true });
  for (const name of ["Dockerfile", "config.txt", "model.json", "predict/predict.sh"]) {
    await Deno.copyFile(join(PROJECT, "models/reference", name), join(reference, name));
  }
  await Deno.writeTextFile(
    join(reference, "predict/main.ts"),
    `const rows = ${JSON.stringify(["image_index,malignant_pred,malignant_label", ...rows])};
     const path = Deno.args[2];
     if (path.includes("broken")) rows.pop();
     await Deno.writeTextFile(path, rows.join("\\n") + "\\n");\n`,
  );
  return project;
}

async function startGuessed(stack: AsyncDisposableStack, guess: Guess): Promise<GuessedWorld> {
  const folder = await temporaryFolder(stack, "mammoeval-guess-");
  const service = stack.use(await startEmbedded({}, await guessingProject(folder, guess)));
  await registerSample(service.url);
  const people = {
    owner: await addToken(service, "owner", "admin"),
    author: await addToken(service, "eve", "submit"),
    reader: await addToken(service, "reader", "read"),
  };
  const evaluate = async (experiment: string): Promise<string> => {
    const order = { model: "reference", experiment, dataset: "sample", bootstrap: false };
    const headers = { ...people.author, prefer: "wait=120" };
    const { body } = await sendJson(`${service.url}/v1/evaluations`, "POST", order, headers);
    const expected = experiment === "broken" ? "failed" : "succeeded";
    assert.equal(body.status, expected, JSON.stringify(body));
    return body.id;
  };
  const [evaluation, second, failed] = [
    await evaluate("exp1"),
    await evaluate("exp2"),
    await evaluate("broken"),
  ];
  return { service, people, ids: { evaluation, second, failed } };
}

/** All paths that a GET can ask for, with the ids of a world. */
async function pathsOf({ ids }: GuessedWorld): Promise<string[]> {
  const documented = Object.entries((await apiDocument()).paths)
    .filter(([, item]) => "get" in item).map(([path]) => path);
  const ofPages = makeApps().gateway.routes.filter(({ method, path }) =>
    method === "GET" && !path.includes("*")
  ).map(({ path }) => path.replaceAll(/:(\w+)/g, "{$1}"));
  const files = [
    "roc.svg",
    "pr.png",
    "curves.csv",
    "samples.csv",
    "calibration.svg",
    "histogram.png",
  ];
  return [...new Set([...documented, ...ofPages])].flatMap((path) => {
    const filled = path
      .replace("/datasets/{id}", "/datasets/sample")
      .replace("{name}", "reference").replace("{dataset}", "sample")
      .replace("{delivery}", ids["evaluation"]!);
    const levels = filled.includes("{level}")
      ? ["breast", "image", "exam"].flatMap((level) =>
        files.map((file) => filled.replace("{level}", level).replace("{file}", file))
      )
      : [filled.replace("{file}", "roc.svg")];
    return levels.flatMap((one) =>
      one.includes("{id}")
        ? [ids["evaluation"]!, ids["failed"]!].map((id) => one.replace("{id}", id))
        : [one]
    );
  }).concat(
    `/comparisons?score=${ids["evaluation"]}&score=${ids["second"]}&bootstrap=false`,
    "/v1/leaderboards/sample.csv",
    "/v1/scores?dataset=sample&model=reference",
  );
}

/** What a path answers, without what is otherwise at every run. */
async function told(url: string, headers: Bearer): Promise<string> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(300_000) });
  const kept = ["content-type", "content-length", "etag", "link"];
  const binary = answer.headers.get("content-type")?.startsWith("image/png") ?? false;
  const bytes = await answer.bytes();
  const body = binary
    ? Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")
    : new TextDecoder().decode(bytes);
  // A log's size follows from the durations in it; its text is compared.
  const isLog = new URL(url).pathname.endsWith("/log");
  const head = kept.filter((name) => binary || name !== "content-length")
    .filter((name) => !(isLog && name === "etag"))
    .map((name) => `${name}: ${answer.headers.get(name)}`);
  const text = [answer.status, ...head, body].join("\n").replaceAll(METERED, "<metered>");
  return binary ? text : CHANGING.reduce((so, [from, to]) => so.replaceAll(from, to), text);
}

Deno.test("right and wrong guesses of labels get the same answers on every route", async (t) => {
  await using stack = new AsyncDisposableStack();
  const [right, wrong] = [await startGuessed(stack, "right"), await startGuessed(stack, "wrong")];
  const [paths, others] = [await pathsOf(right), await pathsOf(wrong)];
  assert.ok(paths.length > 80 && paths.length === others.length, String(paths.length));
  for (const who of ["author", "reader"] as const) {
    await t.step(who, async () => {
      const differing: string[] = [];
      for (const [at, path] of paths.entries()) {
        if (OWN_WORDS.test(path)) continue;
        const one = await told(right.service.url + path, right.people[who]);
        const other = await told(wrong.service.url + others[at], wrong.people[who]);
        if (one !== other) differing.push(`${path}\n${firstDifference(one, other)}`);
      }
      assert.deepEqual(differing, []);
    });
  }
  await t.step("what is made of the scores", async () => {
    const made = async ({ service, people, ids }: GuessedWorld): Promise<string[]> => {
      const body = { scores: [ids["evaluation"], ids["second"]], bootstrap: false };
      const answers: Json[] = [];
      for (const path of MADE_OF_SCORES) {
        answers.push((await sendJson(service.url + path, "POST", body, people.author)).body);
      }
      return answers.map((answer) =>
        CHANGING.reduce((so, [from, to]) => so.replaceAll(from, to), JSON.stringify(answer))
      );
    };
    assert.deepEqual(await made(right), await made(wrong));
  });
  await t.step(
    "every other POST is known to need no labels, or is refused in the same words",
    async () => {
      const posts = Object.entries((await apiDocument()).paths)
        .filter(([, item]) => "post" in item).map(([path]) => path);
      const known = [...MADE_OF_SCORES, ...Object.keys(NEED_THE_TRUTH), ...OTHER_POSTS];
      assert.deepEqual(posts.toSorted(), known.toSorted());
      const refused = async ({ service, ids }: GuessedWorld, who: Bearer): Promise<string[]> => {
        const answers: string[] = [];
        for (const [path, bodyOf] of Object.entries(NEED_THE_TRUTH)) {
          const [score, second] = [ids["evaluation"]!, ids["second"]!];
          const body = bodyOf(score, second) as Record<string, string>;
          const isForm = /\/(?:subgroups|rescore)$/.test(path);
          const form = new FormData();
          if (isForm) {
            for (const [name, value] of Object.entries(body)) form.append(name, value);
          }
          const answer = await fetch(service.url + path.replace("{id}", score), {
            method: "POST",
            headers: isForm ? who : { ...who, "content-type": "application/json" },
            body: isForm ? form : JSON.stringify(body),
            signal: AbortSignal.timeout(60_000),
          });
          const text = `${path} ${answer.status} ${await answer.text()}`;
          assert.equal(answer.status, 403, text);
          answers.push(CHANGING.reduce((so, [from, to]) => so.replaceAll(from, to), text));
        }
        return answers;
      };
      for (const who of ["author", "reader"] as const) {
        assert.deepEqual(
          await refused(right, right.people[who]),
          await refused(wrong, wrong.people[who]),
        );
      }
    },
  );
  await t.step("the data owner is told: what is compared does differ", async () => {
    const path = `/v1/scores/${right.ids["evaluation"]}`;
    const others = `/v1/scores/${wrong.ids["evaluation"]}`;
    assert.notEqual(
      await told(right.service.url + path, right.people.owner),
      await told(wrong.service.url + others, wrong.people.owner),
    );
  });
});

function firstDifference(one: string, other: string): string {
  const at = Array.from(one).findIndex((letter, place) => letter !== other[place]);
  return `${one.slice(Math.max(0, at - 60), at + 60)}\n${
    other.slice(Math.max(0, at - 60), at + 60)
  }`;
}
