import { createHash } from "node:crypto";
import { join } from "node:path";
import { tar, zip } from "../support/ingestion/archives.ts";
import { HOSTILE_PICKLES } from "../support/hostile_pickles.ts";
import { PROJECT } from "../support/embedded_service.ts";
import { type AttackWorld, type Bearer, SECRET } from "./attack_world.ts";

/** What came back, as far as an attacker can read it. */
export interface Loot {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One attack. */
export interface Attack {
  readonly name: string;
  /** Whether it is in every sample: what others prepare for, or what one guard alone keeps out. */
  readonly isKey?: boolean;
  /** @returns what got through, or null */
  readonly run: () => Promise<string | null>;
}

/**
 * An answer within this time, in milliseconds, or the attack has made the service hang. Far longer
 * than any `Prefer: wait` of the attacks, which a busy machine uses up.
 */
export const PATIENCE_MS = Number(Deno.env.get("HOSTILE_PATIENCE_MS") ?? 180_000);
const UTF8 = new TextEncoder();

/** Sends a request; JSON unless the body is a form or a text. */
export async function send(
  { url }: AttackWorld,
  who: Bearer,
  [method, path, body]: readonly [string, string, unknown?],
  headers: Record<string, string> = {},
): Promise<Loot> {
  const raw = body instanceof FormData || typeof body === "string" || body === undefined;
  const response = await fetch(url + path, {
    method,
    headers: { ...raw ? {} : { "content-type": "application/json" }, ...who, ...headers },
    body: raw ? body ?? null : JSON.stringify(body),
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends a path as it stands: `fetch` would tidy it up first. */
export async function sendRaw({ url }: AttackWorld, who: Bearer, path: string): Promise<Loot> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [`GET ${path} HTTP/1.1`, `host: ${hostname}`, "connection: close"];
  for (const [name, value] of Object.entries(who)) lines.push(`${name}: ${value}`);
  await connection.write(UTF8.encode([...lines, "", ""].join("\r\n")));
  const text = await new Response(connection.readable).text();
  return { status: Number(text.split(" ", 2)[1]), headers: new Headers(), text };
}

/** Makes a form of parts by name. */
export function formOf(parts: Record<string, string | File>): FormData {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts)) form.set(name, part);
  return form;
}

/** Something of ours that no answer may hold, or a crash. */
export function leakOf({ status, text }: Loot): string | null {
  if (status >= 500) return `crashed with ${status}: ${text.slice(0, 200)}`;
  const leak = [SECRET, "root:x:0", '"secret_sha256"', "pid_max"].find((word) =>
    text.includes(word)
  );
  return leak === undefined ? null : `told ${leak}`;
}

/** What was to be refused: anything that is no refusal has got through. */
export function refused(loot: Loot, ...statuses: number[]): string | null {
  const fits = statuses.length === 0
    ? loot.status >= 400 && loot.status < 500
    : statuses.includes(loot.status);
  return leakOf(loot) ?? (fits ? null : `${loot.status}: ${loot.text.slice(0, 200)}`);
}

const WAYS_OUT = [
  ..."../../access/tokens.json|..%2f..%2faccess%2ftokens.json|%2e%2e/%2e%2e/access/tokens.json"
    .split("|"),
  ..."..%5c..%5caccess%5ctokens.json|%252e%252e%252faccess|%00|sample%00.png|....//access".split(
    "|",
  ),
  ..."/etc/passwd|%2fetc%2fpasswd|file:%2f%2f%2fetc%2fpasswd|.%2f.|%c0%ae%c0%ae%2f|;/../access"
    .split("|"),
];

/** Traversal in every path that a URL can name. */
export function pathAttacks(world: AttackWorld): Attack[] {
  const { score, people } = world;
  const places = [
    ..."/v1/datasets/@|/v1/datasets/@/exams|/v1/evaluations/@|/v1/evaluations/@/log".split("|"),
    ..."/v1/evaluations/@/predictions.csv|/v1/scores/@|/v1/scores/@/report.html".split("|"),
    ...`/v1/scores/${score}/breast/@|/v1/scores/${score}/@/roc.png|/v1/reader-studies/@`.split("|"),
    ..."/v1/reader-studies/@/roc.png|/v1/leaderboards/@|/v1/leaderboards/@.csv|/reports/@".split(
      "|",
    ),
    ..."/leaderboards/@|/v1/models/@|/v1/models/@/build|/docs/@|/@|/v1/evaluations?cursor=@".split(
      "|",
    ),
  ];
  return places.flatMap((place) =>
    WAYS_OUT.map((way) => ({
      name: `GET ${place} with ${way}`,
      isKey: place === "/docs/@",
      run: async () => leakOf(await sendRaw(world, people.owner, place.replace("@", way))),
    }))
  );
}

/** Paths in bodies, and links: whatever is read must lie under a root. */
export function folderAttacks(world: AttackWorld): Attack[] {
  const { dataFolder, outside, home, people, evaluation } = world;
  const images = `${PROJECT}sample_data/images`;
  const list = `${PROJECT}sample_data/data.pkl`;
  const link = join(dataFolder, "way-out");
  const folders = [
    outside,
    "/etc",
    "/",
    `${dataFolder}/../..`,
    link,
    "/proc/self/root",
    "file:///etc",
  ];
  const files = ["data.json", "secret.csv"].flatMap((
    name,
  ) => [join(outside, name), join(link, name)]);
  const wait = { prefer: "wait=30" };
  const post = (body: unknown) => async (): Promise<string | null> => {
    await Deno.symlink(outside, link).catch(() => {});
    return refused(await send(world, people.owner, ["POST", "/v1/datasets", body], wait));
  };
  const predictions = [join(outside, "secret.csv"), `${home}/results/../access/tokens.json`, link];
  return [
    ...folders.flatMap((folder) => [
      { name: `images ${folder}`, run: post({ name: "x", images: folder, data_list: list }) },
      { name: `dicom ${folder}`, run: post({ name: "x", dicom: folder, labels: list }) },
    ]),
    ...[...files, "/etc/passwd", `${images}\0`].flatMap((file) => [
      { name: `data_list ${file}`, run: post({ name: "x", images, data_list: file }) },
      { name: `labels ${file}`, run: post({ name: "x", dicom: images, labels: file }) },
    ]),
    ...predictions.map((path) => ({
      name: `score ${path}`,
      run: async (): Promise<string | null> => {
        const order = { dataset: "sample", model: "m", experiment: "e", evaluation };
        const body = { ...order, predictions: path };
        return refused(await send(world, people.owner, ["POST", "/v1/scores", body]));
      },
    })),
    { name: "an image that is a link out", run: () => linkedImage(world) },
  ];
}

async function linkedImage(world: AttackWorld): Promise<string | null> {
  const images = join(world.dataFolder, "linked");
  await Deno.mkdir(images);
  await Deno.symlink(join(world.outside, "secret.png"), join(images, "a.png"));
  const exam = { "L-CC": ["a"], "R-CC": [], "L-MLO": [], "R-MLO": [], horizontal_flip: "NO" };
  const list = [{ ...exam, cancer_label: { left_malignant: 1, right_malignant: 0 } }];
  const path = join(images, "list.json");
  await Deno.writeTextFile(path, JSON.stringify(list));
  const body = { name: "linked", images, data_list: path };
  return refused(
    await send(world, world.people.owner, ["POST", "/v1/datasets", body], { prefer: "wait=30" }),
    422,
  );
}

/** Archives and pickles as uploads. */
export function uploadAttacks(world: AttackWorld): Attack[] {
  const content = UTF8.encode(SECRET);
  const names = ["../x.png", "/tmp/x.png", "a/../../x.png", "a\\..\\x.png", "C:x.png", "a\nb.png"];
  const archives: [string, Uint8Array<ArrayBuffer>][] = [
    ...names.flatMap((name): [string, Uint8Array<ArrayBuffer>][] => [
      ["x.zip", zip([{ name, content }])],
      ["x.tar", tar([{ name, content }])],
    ]),
    ["x.zip", zip([{ name: "x.png", content: UTF8.encode("/etc/passwd"), mode: 0o120777 }])],
    ...["1", "2", "3", "4", "6"].map((type): [string, Uint8Array<ArrayBuffer>] => [
      "x.tar",
      tar([{ name: "x.png", type, link: "/etc/passwd" }]),
    ]),
  ];
  const { owner, eve } = world.people;
  const wait = { prefer: "wait=30" };
  return [
    ...archives.map(([name, bytes], index) => ({
      name: `archive ${index} ${name}`,
      run: async (): Promise<string | null> => {
        const list = new File(["[]"], "list.json");
        const form = formOf({ name: "packed", data_list: list, images: new File([bytes], name) });
        // A list that is refused later would say nothing about the archive.
        return refused(await send(world, owner, ["POST", "/v1/datasets", form], wait), 400, 413);
      },
    })),
    ...HOSTILE_PICKLES.slice(0, 12).flatMap(({ name, bytes }) => {
      const file = (ending: string): File => new File([Uint8Array.from(bytes)], `x.${ending}`);
      const list = new File(["[]"], "list.json");
      const posts: [string, Record<string, File>][] = [
        ["/v1/reader-studies", { results: file("pkl") }],
        ["/v1/scores", { data_list: file("pkl"), predictions: file("csv") }],
        ["/v1/scores", { data_list: list, predictions: file("pkl") }],
      ];
      return posts.map(([path, parts]) => ({
        name: `${path} with ${Object.keys(parts)} ${name}`,
        run: async () => refused(await send(world, eve, ["POST", path, formOf(parts)])),
      }));
    }),
  ];
}

/** Everything that a person may not do, by the role they have or the name they give themselves. */
export function personAttacks(world: AttackWorld): Attack[] {
  const { people, evaluation, score, upload } = world;
  const order = { model: "reference", experiment: "e", dataset: "sample" };
  const self = `/v1/evaluations/${evaluation}`;
  const guess = new File(["image_index,malignant_pred\n"], "p.csv");
  const subgroups = (): FormData => formOf({ subgroups: '["density"]' });
  const pathway = { kind: "rule_out", threshold: 0.2 };
  const decisions = { first: { threshold: 0.5 }, second: { threshold: 0.2 } };
  type Door = readonly [method: string, path: string, body?: unknown];
  const owners: Door[] = [
    ["DELETE", "/v1/datasets/sample"],
    ["POST", "/v1/datasets", { name: "x", images: "/etc", data_list: "/etc/passwd" }],
    ["DELETE", self],
    ["DELETE", `/v1/scores/${score}`],
    ["POST", "/v1/models/marked/build"],
    ["POST", "/v1/models/marked/check", { dataset: "sample" }],
    ["POST", `${self}/webhooks/x/redeliver`],
    ["PUT", "/v1/datasets/sample", {}],
    ["POST", "/v1/images/prune", {}],
  ];
  const adas: Door[] = ["", "/log", "/events", "/predictions.csv", "/webhooks"].map((path) =>
    ["GET", self + path] as const
  );
  const truths: Door[] = [
    ["GET", "/v1/datasets/sample/exams"],
    ["GET", "/v1/datasets/sample/%65xams"],
    ["GET", `${self}/outputs`],
    ["GET", `${self}/outputs?file=0_L_CC_malignant.png`],
    ...[score, upload].flatMap((id): Door[] => [
      ["GET", `/v1/scores/${id}/breast/samples.csv`],
      ["GET", `/v1/scores/${id}/breast/curves.csv`],
      ["POST", `/v1/scores/${id}/subgroups`, subgroups()],
      ["POST", "/v1/screening-simulations", { score: id, pathways: [pathway] }],
      ["POST", "/v1/score-analyses", { score: id, truth: { within_days: [365, 366] } }],
      ["POST", "/v1/paired-decisions", { score: id, comparisons: [decisions] }],
    ]),
    ["POST", "/v1/scores", formOf({ dataset: "sample", predictions: guess })],
    ["POST", "/v1/scores", { ...order, evaluation, predictions: "x" }],
    ["POST", "/v1/evaluations", { ...order, blind: false }],
    ["POST", "/v1/evaluations", { ...order, subgroups: ["density"] }],
    ["POST", "/v1/evaluations/batch", {
      ...{ models: ["reference"], datasets: ["sample"], experiment: "e", blind: false },
    }],
    ["POST", "/v1/ensembles", { scores: [score, upload], subgroups: ["density"] }],
  ];
  const forged = {
    "x-mammoeval-user": "owner",
    "x-mammoeval-role": "admin",
    "x-mammoeval-service": "x",
    "x-http-method-override": "GET",
    "x-forwarded-for": "127.0.0.1",
  };
  const shut = (who: string, headers: Bearer, door: Door): Attack => ({
    name: `${who}: ${door[0]} ${door[1]}`,
    run: async () => refused(await send(world, headers, door, forged)),
  });
  const { eve, reader } = people;
  const basic = {
    authorization: `Basic ${btoa(`owner:${people.owner["authorization"]!.slice(7)}`)}`,
  };
  const submits: Door[] = [["POST", "/v1/evaluations", order], ["POST", `${self}/cancel`]];
  return [
    ...[...owners, ...adas, ...truths, ["POST", `${self}/cancel`] as const].map((door) =>
      shut("eve", eve, door)
    ),
    ...[...owners, ...submits].map((door) => shut("a reader", reader, door)),
    ...[...owners, ...adas, ...truths, ...submits].map((door) => shut("nobody", {}, door)),
    ...[...owners, ...submits].map((door) => shut("a browser", basic, door)),
    ...tokenGuesses(world),
    ...[`/reports/${upload}`, `/v1/scores/${upload}/report.html`].map((path) => ({
      name: `eve looks for Ada's exams on ${path}`,
      run: async (): Promise<string | null> => {
        const { text } = await send(world, eve, ["GET", path]);
        return text.includes("SUM(A1)") ? "they are there" : null;
      },
    })),
    { name: "eve lists Ada's evaluations", run: () => listed(world) },
    { name: "eve repeats Ada's key", run: () => repeatedKey(world) },
    { name: "eve makes an ensemble of Ada's", run: () => ensemble(world) },
  ];
}

function tokenGuesses(world: AttackWorld): Attack[] {
  const token = world.people.owner["authorization"]!.slice("Bearer ".length);
  const guesses = [
    { authorization: `Bearer ${token.slice(0, -1)}` },
    { authorization: `Bearer ${token.toUpperCase()}` },
    { authorization: `Bearer ${token}x` },
    { authorization: `Basic ${btoa(token)}:` },
    { cookie: `token=${token}` },
    { "x-mammoeval-service": token },
  ];
  return guesses.map((headers, index) => ({
    name: `token guess ${index}`,
    run: async () => refused(await send(world, headers, ["GET", "/v1/datasets"]), 401, 429),
  }));
}

async function listed(world: AttackWorld): Promise<string | null> {
  const { text } = await send(world, world.people.eve, ["GET", "/v1/evaluations?user=ada"]);
  return text.includes(world.evaluation) ? "it is in the list" : null;
}

async function repeatedKey(world: AttackWorld): Promise<string | null> {
  const body = { model: "reference", experiment: "exp1", dataset: "sample", bootstrap: false };
  const door = ["POST", "/v1/evaluations", body] as const;
  const { text } = await send(world, world.people.eve, door, { "idempotency-key": "same" });
  const { id } = JSON.parse(text);
  await send(world, world.people.eve, ["POST", `/v1/evaluations/${id}/cancel`]);
  return id === world.evaluation ? "it is Ada's answer" : null;
}

async function ensemble(world: AttackWorld): Promise<string | null> {
  const body = { scores: [world.score, world.upload], bootstrap: false };
  const loot = await send(world, world.people.eve, ["POST", "/v1/ensembles", body]);
  return leakOf(loot) ?? (loot.text.includes("outranked_by") ? "it names the worst misses" : null);
}

/** Receivers that the site does not allow, however they are written. */
export function webhookAttacks(world: AttackWorld): Attack[] {
  const { receiver, people } = world;
  const port = receiver.split(":")[1];
  const order = { model: "reference", experiment: "hooks", dataset: "sample", bootstrap: false };
  const urls = [
    ..."http://localhost:@|http://127.1:9|http://2130706433:9|http://0x7f000001:9".split("|"),
    ..."http://[::1]:@|http://[::ffff:127.0.0.1]:@|http://0:9|http://0.0.0.0:@".split("|"),
    ..."http://127.0.0.1:@@evil.example/|http://evil.example#@127.0.0.1:@|http://127.0.0.1".split(
      "|",
    ),
    ..."http://user:word@127.0.0.1:@/|ftp://127.0.0.1:@/|file:///etc/passwd|gopher://127.0.0.1:@"
      .split("|"),
    ..."http://127.0.0.1.nip.io:@|http://169.254.169.254/latest|http://127.0.0.1.:9|javascript:1"
      .split("|"),
  ].map((url) => url.replaceAll("@", (_, at: number) => url[at - 1] === ":" ? `${port}` : "@"));
  const post = (url: string): Promise<Loot> =>
    send(world, people.eve, ["POST", "/v1/evaluations", {
      ...order,
      webhook: { url, events: ["cancelled"] },
    }]);
  return [
    ...urls.map((url) => ({
      name: `webhook ${url}`,
      run: async () => refused(await post(url), 400),
    })),
    {
      name: "a receiver that redirects",
      run: async (): Promise<string | null> => {
        const { text } = await post(`http://${receiver}/`);
        const self = `/v1/evaluations/${JSON.parse(text).id}`;
        await send(world, people.eve, ["POST", `${self}/cancel`]);
        let told = "";
        while (!/"attempts":[1-9]/.test(told)) {
          told = (await send(world, people.eve, ["GET", `${self}/webhooks`])).text;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return world.strangerAsked() > 0 ? "the stranger was asked" : null;
      },
    },
  ];
}

/** Markup, formulas, headers, logs, sizes: what comes in as text and goes out somewhere else. */
export function textAttacks(world: AttackWorld): Attack[] {
  const { people, score, upload } = world;
  const pages = ["/", `/reports/${score}`, `/reports/${upload}`, "/leaderboards/sample"];
  const marked = [
    ...pages,
    "/reports/<img%20src=x>",
    "/leaderboards/<script>alert(1)<%2fscript>",
    "/datasets/<script>alert(1)<%2fscript>",
    "/evaluations/<img%20src=x>",
    "/models",
    "/models/marked",
    "/models/<script>alert(1)<%2fscript>",
    "/usage",
    "/images",
    "/scores/new?model=%22><script>alert(1)</script>",
    "/comparisons/new?dataset=%22><script>alert(1)</script>&score=%22><img%20src=x>",
    "/comparisons?score=<img%20src=x>&score=<script>",
    "/reader-studies",
    "/reader-studies/new",
    "/reader-studies/<img%20src=x>",
    "/evaluations/new?experiment=%22><script>alert(1)</script>&parameters=%22><img%20src=x>",
  ];
  const large = JSON.stringify({ model: "reference", padding: "x".repeat(2 ** 21) });
  const types = [
    "application/json",
    "text/plain",
    "application/jsonx",
    "application/x-www-form-urlencoded",
  ];
  const targets = [
    "/v1/evaluations",
    "/v1/evaluations/batch",
    "/v1/scores",
    "/v1/comparisons",
    "/v1/ensembles",
  ];
  const models = [
    "",
    ...["linked", "way-out", "endless", "piped", "marked", ".."].map((name) => `/${name}`),
  ];
  return [
    ...marked.map((path) => ({
      name: `markup on ${path}`,
      run: async (): Promise<string | null> => {
        const page = await send(world, people.owner, ["GET", path], { accept: "text/html" });
        const policy = page.headers.get("content-security-policy") ?? "";
        const hash = (script: string): string =>
          createHash("sha256").update(script).digest("base64");
        // What the policy names by its hash is ours: nobody else's text has this hash.
        const text = page.text.replace(/<script src="\/live\.js" defer[^>]*><\/script>/, "")
          .replace(
            /<script>([^<]*)<\/script>/g,
            (whole, script) => policy.includes(`'sha256-${hash(script)}'`) ? "" : whole,
          );
        if (/<img src=x|<script/i.test(text)) return "markup came through";
        return leakOf(page) ?? (policy.includes("default-src 'none'") ? null : `policy: ${policy}`);
      },
    })),
    {
      name: "formulas in samples.csv",
      run: async (): Promise<string | null> => {
        const path = `/v1/scores/${upload}/breast/samples.csv`;
        const { text } = await send(world, people.ada, ["GET", path]);
        if (!text.includes("SUM(A1)")) return `no samples: ${text.slice(0, 100)}`;
        return /(?:^|,)"?(?:[=@]|-1\+)/m.exec(text)?.[0] ?? null;
      },
    },
    ...targets.flatMap((path) =>
      types.map((type) => ({
        name: `2 MiB of ${type} to ${path}`,
        run: async () =>
          refused(
            await send(world, people.owner, ["POST", path, large], { "content-type": type }),
            413,
            415,
          ),
      }))
    ),
    ...models.map((name) => ({
      name: `GET /v1/models${name}`,
      run: async () => leakOf(await send(world, people.owner, ["GET", `/v1/models${name}`])),
    })),
    ...["x\u00e9", "a b", "<script>", "x".repeat(300), "{}"].map((id) => ({
      name: `request id ${id.slice(0, 10)}`,
      run: async (): Promise<string | null> => {
        const { headers } = await send(world, people.owner, ["GET", "/v1/datasets"], {
          "x-request-id": id,
        });
        return headers.get("x-request-id") === id ? "it was taken" : null;
      },
    })),
    { name: "a line of one's own in the audit log", run: () => forgedLine(world) },
  ];
}

async function forgedLine(world: AttackWorld): Promise<string | null> {
  const line = encodeURIComponent('"}\n{"user":"owner","forged":true}\n\u001b[2J');
  await sendRaw(world, world.people.eve, `/v1/datasets/${line}/exams`);
  await send(world, world.people.eve, ["DELETE", `/v1/datasets/${line}`]);
  const log = await Deno.readTextFile(join(world.home, "access", "audit.jsonl"));
  const entries = log.trimEnd().split("\n").map((text) => JSON.parse(text));
  return log.includes("\u001b") || entries.some(({ forged }) => forged) ? "it is there" : null;
}
