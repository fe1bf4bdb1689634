import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { Log } from "../../shared/http/mod.ts";
import { addToken, type Bearer } from "../support/add_token.ts";
import { type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { eventually } from "../support/eventually.ts";
import type { Json } from "../support/http.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { kindsBelow, type Stored, type StoredKind, storeEverything } from "./stored_volume.ts";

/** Ways in which a stored file goes wrong. None needs permissions, which do not hold for root. */
const FAULTS: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "cut in half": async (path) => await Deno.truncate(path, (await Deno.stat(path)).size >> 1),
  "empty": (path) => Deno.truncate(path, 0),
  "{}": (path) => Deno.writeTextFile(path, "{}"),
  "a folder": (path) => replace(path, (free) => Deno.mkdir(free)),
  "a link to itself": (path) => replace(path, (free) => Deno.symlink(free, free)),
};

/** Faults tried on each kind of file. Each starts a service, so all of them take minutes: `deno task fuzz`. */
const FAULTS_A_KIND = Number(Deno.env.get("MAMMOEVAL_FUZZ_DAMAGE") ?? 2);

/** Of the folder that a file lies in: nobody can look into a link to itself, not even root. */
const FOLDER_LOST = "in a folder that cannot be read";

async function replace(path: string, make: (free: string) => Promise<void>): Promise<void> {
  await Deno.remove(path, { recursive: true });
  await make(path);
}

/** Without these the service could only guess: it does not start, and says why. */
const NEEDED = /^ledger\.sqlite$|^users\.txt$|^locks\//;
/** Made anew at each start, or never read. */
const PASSING = /^locks\/[^/]+\/lock$|^ledger\.sqlite.|\.lock$|^access\/audit|\.png$|\/source\./;
/** Handed out as they are, or read when somebody asks for what they hold: nothing lists them. */
const HANDED_OUT =
  /\/[^/]+\.(?:svg|csv|html|txt)$|\/curves\.json$|\/results\.pkl$|^scores\/<id>\/data_list\.pkl$/;

/** Lists and pages that no damaged file may take away. */
const LISTS = [
  ...["datasets", "models", "evaluations", "scores", "reader-studies", "usage"].map((name) =>
    `/v1/${name}`
  ),
  ...["/", "/models", "/datasets/new", "/evaluations/new", "/scores/new", "/comparisons/new"],
  ...["/reader-studies", "/metrics", "/openapi.json", "/v1/doctor"],
];

/** What can be asked for of what is stored: every operation of the document with an id, and the pages. */
function pathsOf(document: Json, stored: Stored): string[] {
  const ids: Record<string, readonly string[]> = {
    "/v1/datasets/": ["sample"],
    "/v1/models/": ["reference"],
    "/v1/evaluations/": [stored.evaluation],
    "/v1/scores/": stored.scores,
    "/v1/leaderboards/": ["sample"],
    "/v1/reader-studies/": [stored.study],
  };
  const operations = Object.keys(document.paths).flatMap((path) => {
    if (document.paths[path].get === undefined || /events/.test(path)) return [];
    const known = Object.entries(ids).find(([prefix]) => path.startsWith(prefix))?.[1] ?? [];
    const rest = path.replace("{level}", "breast").replace(/\{(?:plot|curve)\}/, "roc");
    return known.map((id) => rest.replace(/\{[^}]+\}/, id)).filter((one) => !one.includes("{"));
  });
  const pages = [
    ...["/datasets/sample", `/evaluations/${stored.evaluation}`, "/models/reference"],
    ...stored.scores.map((id) => `/reports/${id}`),
    ...["/leaderboards/sample", `/reader-studies/${stored.study}`],
  ];
  return [...operations, ...pages];
}

/** Which of them depend on a kind of file; charts and curves are drawn for those that are handed out alone. */
function dependentOn(kind: string, paths: readonly string[]): string[] {
  if (HANDED_OUT.test(kind)) return [...paths];
  const place = kind.split("/")[0]!;
  const concerned = /^(?:datasets|reader_studies)$/.test(place)
    ? new RegExp(`/(?:${place.replace("_", "-")}|leaderboards)/`)
    : /^(?:scores|results)$/.test(place)
    ? /\/(?:scores|reports|evaluations|leaderboards)\//
    : /^\/(?:datasets|reports|evaluations)\//;
  return paths.filter((path) => concerned.test(path) && !path.includes("/breast/"));
}

/** What a service has said of what went wrong. */
interface Said {
  readonly createLog: (service: string) => Log;
  readonly lines: string[];
}

function collect(): Said {
  const lines: string[] = [];
  const createLog = (service: string): Log => {
    const write = (message: string, fields: unknown): void =>
      void lines.push(`${service}: ${message} ${JSON.stringify(fields)}`);
    return { info: () => {}, warn: write, error: write };
  };
  return { lines, createLog };
}

/** A volume on which something is damaged. */
interface Damaged {
  readonly home: string;
  /** Of what is damaged, below the volume. */
  readonly path: string;
  readonly kind: string;
  readonly paths: readonly string[];
  readonly owner: Bearer;
}

/** @returns what is not as promised */
async function look(damaged: Damaged): Promise<string[]> {
  const said = collect();
  try {
    const { home } = damaged;
    const users = join(home, "users.txt");
    await using service = await startEmbedded(
      { MAMMOEVAL_HOME: home, MAMMOEVAL_USERS: users },
      undefined,
      said.createLog,
    );
    return await lookAt(service, said, damaged);
  } catch (error) {
    const { kind, path } = damaged;
    const named = kind.startsWith("locks/") ? dirname(path) : path;
    const isClear = NEEDED.test(kind) && String(error).includes(named);
    return isClear ? [] : [`it does not start: ${error}`];
  }
}

async function lookAt(
  { url }: ServiceUnderTest,
  { lines }: Said,
  { kind, path, paths, owner }: Damaged,
): Promise<string[]> {
  const wrong: string[] = [];
  const get = (at: string): Promise<Response> => fetch(url + at, { headers: owner });
  const readiness = async (): Promise<string> =>
    (await (await fetch(`${url}/readyz`)).json()).status;
  if (/^access\/tokens/.test(kind)) {
    // A door whose list of guests cannot be read is shut.
    for (const at of ["/", "/v1/scores", "/v1/doctor"]) {
      const { status, body } = await get(at);
      await body?.cancel();
      if (status !== 503) wrong.push(`${at}: ${status}`);
    }
    if (await readiness() !== "not_ready") wrong.push(`readyz says ${await readiness()}`);
  } else {
    for (const at of [...LISTS, ...dependentOn(kind, paths), "/v1/scores", "/v1/datasets"]) {
      const response = await get(at);
      const text = await response.text();
      const isDamaged = response.status === 503 && /damaged|cannot be used/.test(text);
      const isFine = LISTS.includes(at) ? response.ok : response.status < 500 || isDamaged;
      if (!isFine) wrong.push(`${at}: ${response.status} ${text.slice(0, 200)}`);
    }
    if (HANDED_OUT.test(kind)) return wrong;
    // Files are looked through beside the first requests.
    const state = await eventually(readiness, (seen) => seen === "degraded");
    if (state !== "degraded") wrong.push(`readyz says ${state}`);
    const { volume } = await (await get("/v1/doctor")).json();
    const isNamed = volume.damaged.some((one: Json) =>
      path.startsWith(one.path) || dirname(path) === dirname(one.path)
    );
    const named = volume.damaged.map((one: Json) => one.path);
    if (new Set(named).size < named.length) wrong.push(`the doctor repeats ${named.join()}`);
    if (!isNamed) wrong.push(`the doctor names ${JSON.stringify(volume.damaged)}`);
  }
  const folder = dirname(path);
  const ours = lines.filter((line) =>
    [path, `${folder}/`, `${folder}"`].some((one) => line.includes(one))
  );
  if (ours.length === 0) wrong.push(`the log has ${JSON.stringify(lines)}`);
  for (const [line, { length }] of Map.groupBy(ours, (line) => line)) {
    if (length > 1) wrong.push(`said ${length} times: ${line}`);
  }
  return wrong;
}

/** The faults that are tried on a kind: all take turns among the kinds. */
function faultsOf({ path }: StoredKind, turn: number): string[] {
  const faults = [...Object.keys(FAULTS), ...(dirname(path).includes("/") ? [FOLDER_LOST] : [])];
  return faults.filter((_, at) => (at + turn) % faults.length < FAULTS_A_KIND);
}

async function copy(from: string, to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["-a", from, to] }).output();
  assert.ok(success);
}

Deno.test("whatever stored file is damaged, in whatever way: it alone is missing, and is named", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-damage-");
  const [whole, home] = [join(folder, "whole"), join(folder, "damaged")];
  let stored: Stored;
  let owner: Bearer;
  let document: Json;
  {
    await using service = await startEmbedded({ MAMMOEVAL_HOME: whole });
    stored = await storeEverything(service);
    document = await (await fetch(`${service.url}/openapi.json`)).json();
    const { status } = await (await fetch(`${service.url}/readyz`)).json();
    assert.equal(status, "ready", "while nothing is damaged");
    owner = await addToken(service, "owner", "admin");
  }
  await Deno.writeTextFile(join(whole, "users.txt"), "site,4000\nmodels,4001\n");
  const paths = pathsOf(document, stored);
  const failures: string[] = [];
  async function tryOut(kinds: readonly StoredKind[], fault: string): Promise<void> {
    await copy(whole, home);
    for (const { path } of kinds) {
      if (fault !== FOLDER_LOST) await FAULTS[fault]!(join(home, path));
      else await replace(dirname(join(home, path)), (free) => Deno.symlink(free, free));
    }
    const [{ kind, path }] = kinds as [StoredKind];
    const found = await look({ ...{ home, path, kind, paths, owner } });
    failures.push(...found.map((what) => `${kind}, ${fault}: ${what}`));
    await Deno.remove(home, { recursive: true });
  }
  const kinds = kindsBelow(whole).filter(({ kind }) => !PASSING.test(kind));
  const [handedOut, records] = [true, false].map((is) =>
    kinds.filter(({ kind }) => HANDED_OUT.test(kind) === is)
  ) as [StoredKind[], StoredKind[]];
  assert.ok(records.length > 12, records.map(({ kind }) => kind).join());
  for (const fault of Object.keys(FAULTS)) await tryOut(handedOut, fault);
  for (const [at, kind] of records.entries()) {
    for (const fault of faultsOf(kind, at)) await tryOut([kind], fault);
  }
  assert.deepEqual(failures, []);
});
