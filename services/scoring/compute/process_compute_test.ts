import assert from "node:assert/strict";
import { getPriority } from "node:os";
import { join } from "node:path";
import { JOBS_WAITING_OF_USER_MAX } from "../../../shared/limits.ts";
import { silentDamage, volumeLayout } from "../../../shared/volume/mod.ts";
import { sha256 } from "../store/content.ts";
import type { SentFile } from "../store/sent_file.ts";
import type { ScoreOutcome, ScoreRequest } from "../jobs/score_predictions.ts";
import type { DrawRequest } from "./jobs.ts";
import {
  directCompute,
  fairScore,
  makeList,
  makePredictions,
} from "../../../tests/support/scoring/world.ts";
import { createVolumeScoreStore } from "../store/volume_score_store.ts";
import type { Asker, Compute } from "./compute.ts";
import {
  createProcessCompute,
  nextTurn,
  type ProcessComputeOptions,
  type Turn,
} from "./process_compute.ts";

const PROJECT = new URL("../../../", import.meta.url);
const HOME = Deno.makeTempDirSync({ prefix: "mammoeval-compute-" });
globalThis.addEventListener("unload", () => Deno.removeSync(HOME, { recursive: true }));
const LAYOUT = volumeLayout(HOME);
Deno.mkdirSync(LAYOUT.scores);

/** Writes a file where processes may read it. */
function sent(content: string | Uint8Array): SentFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const digest = sha256(bytes);
  const path = join(LAYOUT.scores, digest);
  Deno.writeFileSync(path, bytes);
  return { path, bytes: bytes.length, sha256: digest };
}

function asker(user = "ann", signal = new AbortController().signal): Asker {
  return { caller: { user, role: "admin" }, signal };
}

function makeRequest(seed: number, predictions = makePredictions(12, fairScore)): ScoreRequest {
  return {
    names: {
      id: "0190a000-0000-7000-8000-000000000001",
      dataset: null,
      model: null,
      experiment: null,
      evaluation: null,
    },
    truth: {
      file: sent(JSON.stringify(makeList(12))),
      format: "json",
      uploaded: true,
      requiredViews: [],
      horizons: [],
    },
    predictions: sent(predictions),
    measure: {
      bootstrap: {
        ...{ method: "percentile", stratified: false, confidence: 0.95, replicates: 50, seed },
      },
      operatingPoints: [{ specificity: 0.9 }],
      prevalence: 0.01,
    },
    tuning: [],
    subgroups: [{ key: "density", bins: null, negatives: "own" }],
    attributes: null,
    patientKey: new Uint8Array(32),
    provenance: { content: "x" },
  };
}

const SMALL = makeRequest(1);

/** The outcome without timestamps, and so without the page. */
function lasting(outcome: ScoreOutcome): unknown {
  if (!outcome.ok) return outcome;
  const { created_at: _, ...report } = outcome.report;
  const files = outcome.files.filter(({ name }) => name !== "report.html")
    .map(({ name, content }) => [name, sha256(content)]);
  return { report, files };
}

/** A request whose replicates take minutes. */
function longRequest(): ScoreRequest {
  const request = makeRequest(1, makePredictions(4_000, fairScore));
  const { bootstrap } = request.measure;
  return {
    ...request,
    truth: {
      ...request.truth,
      file: sent(JSON.stringify(makeList(4_000))),
    },
    measure: { ...request.measure, bootstrap: { ...bootstrap!, replicates: 100_000 } },
  };
}

async function withProcesses(
  options: Partial<ProcessComputeOptions>,
  test: (compute: Compute) => Promise<void>,
): Promise<void> {
  const compute = createProcessCompute({
    lanes: 1,
    deno: Deno.execPath(),
    layout: LAYOUT,
    ...options,
  });
  try {
    await test(compute);
  } finally {
    await compute.stop();
  }
}

/** IDs of this process's compute processes. */
function computeProcesses(): number[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => Number(name)).filter((pid) => {
    try {
      const parent = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!.split(" ")[1];
      return Number(parent) === Deno.pid &&
        Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("scoring/compute/main.ts");
    } catch {
      return false; // no process, or gone
    }
  });
}

/** Waits until a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

Deno.test("processes give what the asking thread gives, to the bit: reports, files, faults, plots", () =>
  withProcesses({ lanes: 2 }, async (compute) => {
    const direct = directCompute(createVolumeScoreStore(LAYOUT, silentDamage(LAYOUT)));
    const broken = makeRequest(1, "image_index,malignant_pred\nnobody,0.5\n");
    const list = { ...makeRequest(1).truth, file: sent("[") };
    const requests = [1, 2].map((seed) => makeRequest(seed));
    requests.push(broken, { ...makeRequest(1), truth: list });
    const made = await Promise.all(
      requests.map((request) => compute.run("score", request, asker())),
    );
    for (const [at, request] of requests.entries()) {
      const here = await direct.run("score", request, asker());
      assert.deepEqual(lasting(made[at]!), lasting(here));
    }
    const [first] = made;
    assert.ok(first?.ok);
    for (const file of ["calibration.png", "histogram.svg"] as const) {
      const request: DrawRequest = { report: first.report, level: "breast", file };
      const there = await compute.run("draw", request, asker());
      const here = await direct.run("draw", request, asker());
      assert.equal(sha256(there!), sha256(here!), file);
    }
  }));

Deno.test({
  name: "a service that computes may start Deno and nothing else",
  permissions: {
    read: [PROJECT],
    run: [Deno.execPath()],
    env: true,
  },
  fn: () =>
    withProcesses({}, async (compute) => {
      assert.ok((await compute.run("score", SMALL, asker())).ok);
    }),
});

Deno.test("what fails fails alone", () =>
  withProcesses({}, async (compute) => {
    const { truth } = makeRequest(1);
    const impossible = {
      ...makeRequest(1),
      truth: { ...truth, uploaded: false, file: sent(new Uint8Array(3)) },
    };
    const [bad, good] = await Promise.allSettled([
      compute.run("score", impossible, asker()),
      compute.run("score", makeRequest(2), asker()),
    ]);
    assert.match(String(bad.status === "rejected" && bad.reason), /Cannot score: /);
    assert.ok(good.status === "fulfilled" && good.value.ok);
  }));

Deno.test("what its caller has left is stopped, running or waiting; others' jobs go on", () =>
  withProcesses({}, async (compute) => {
    const [left, other] = [new AbortController(), new AbortController()];
    const running = compute.run("score", longRequest(), asker("mallory", left.signal));
    const waiting = compute.run("score", longRequest(), asker("mallory", other.signal));
    const stopped = Promise.allSettled([running, waiting]);
    await until(() => computeProcesses().length === 1);
    const [pid] = computeProcesses();
    const small = compute.run("score", makeRequest(1), asker("ann"));
    other.abort();
    left.abort();
    for (const end of await stopped) {
      assert.equal(end.status, "rejected");
      assert.match(String(end.reason), /caller disconnected/);
    }
    await until(() => !computeProcesses().includes(pid!));
    assert.ok((await small).ok);
    const gone = AbortSignal.abort();
    await assert.rejects(
      compute.run("score", makeRequest(3), asker("ann", gone)),
      /caller disconnected/,
    );
  }));

Deno.test("a small job does not wait for large ones, and a stop ends what runs", async () => {
  const compute = createProcessCompute({ lanes: 2, deno: Deno.execPath(), layout: LAYOUT });
  const large = [1, 2, 3].map(() => compute.run("score", longRequest(), asker("mallory")));
  const ends = Promise.allSettled(large);
  assert.ok((await compute.run("score", makeRequest(1), asker("ann"))).ok);
  assert.ok((await compute.run("score", makeRequest(1), asker("mallory"))).ok);
  await compute.stop();
  for (const end of await ends) {
    assert.equal(end.status === "rejected" && end.reason.type, "unavailable");
  }
  assert.deepEqual(computeProcesses(), []);
  await assert.rejects(compute.run("score", makeRequest(1), asker()), { type: "unavailable" });
});

Deno.test("computations give way to what answers, large ones to small ones too", async () => {
  const compute = createProcessCompute({ lanes: 2, deno: Deno.execPath(), layout: LAYOUT });
  const ends = Promise.allSettled([
    compute.run("score", longRequest(), asker("mallory")),
    compute.run("score", makeRequest(1), asker("ann")),
  ]);
  // They start at once, with their final priority.
  const nice = computeProcesses().map((pid) => getPriority(pid)).sort((a, b) => a - b);
  assert.equal(nice.length, 2);
  assert.ok(getPriority() < nice[0]! && nice[0]! < nice[1]!, String(nice));
  await compute.stop();
  await ends;
});

Deno.test("who asks for the same meanwhile waits for the same job, until the last has left", () =>
  withProcesses({}, async (compute) => {
    const made = await compute.run("score", SMALL, asker());
    assert.ok(made.ok);
    const request: DrawRequest = { report: made.report, level: "breast", file: "histogram.svg" };
    const before = compute.run("score", makeRequest(2), asker("mallory"));
    const first = new AbortController();
    // Twice the limit of waiting jobs per user, but identical requests share one job.
    const crowd = Array.from(
      { length: 2 * JOBS_WAITING_OF_USER_MAX },
      (_, at) => compute.run("draw", request, asker("ann", at === 0 ? first.signal : undefined)),
    );
    first.abort();
    await assert.rejects(crowd.shift()!, /caller disconnected/);
    const other = compute.run("draw", request, asker("bob"));
    const drawn = await Promise.all([...crowd, other]);
    assert.equal(new Set(drawn).size, 1, "one answer for all");
    assert.ok((await before).ok);
  }));

Deno.test("a job that takes too much time or memory is refused, and the next one runs", async () => {
  await withProcesses({ jobMs: 1 }, async (compute) => {
    const late = compute.run("score", longRequest(), asker());
    await assert.rejects(late, { type: "too_large", message: /took too long/ });
  });
  await withProcesses({ heapMib: 64 }, async (compute) => {
    const many = makeList(60_000);
    const request = makeRequest(1);
    const file = sent(JSON.stringify(many));
    const large = compute.run(
      "score",
      { ...request, truth: { ...request.truth, file } },
      asker(),
    );
    await assert.rejects(large, { type: "too_large", message: /memory/ });
    assert.ok((await compute.run("score", makeRequest(2), asker())).ok);
  });
});

Deno.test("one user's crowd is refused, another's job is not", async () => {
  const compute = createProcessCompute({ lanes: 1, deno: Deno.execPath(), layout: LAYOUT });
  const open = Array.from(
    { length: 1 + JOBS_WAITING_OF_USER_MAX },
    (_, seed) => compute.run("score", makeRequest(seed), asker("mallory")),
  );
  const ends = Promise.allSettled(open);
  await assert.rejects(compute.run("score", makeRequest(0), asker("mallory")), {
    type: "too_many_requests",
  });
  assert.ok((await compute.run("score", makeRequest(0), asker("ann"))).ok);
  await compute.stop();
  const given = (await ends).filter(({ status }) => status === "rejected").length;
  assert.ok(given > JOBS_WAITING_OF_USER_MAX / 2, "ann did not wait for all of them");
});

Deno.test("a file that changes after it was looked at is not scored as if it were the same", () =>
  withProcesses({}, async (compute) => {
    const request = makeRequest(1, makePredictions(12, () => 0.5));
    Deno.writeTextFileSync(request.predictions.path, makePredictions(12, fairScore));
    const job = compute.run("score", request, asker());
    await assert.rejects(job, /changed or removed after it was sent/);
  }));

function turn(user: string, isLarge = false, isHeavy = false): Turn {
  return { users: [user], isLarge, isHeavy };
}

/** Users in start order of their jobs, run one at a time. */
function order(waiting: Turn[]): string {
  const served = new Map<string, number>();
  const started: string[] = [];
  while (waiting.length > 0) {
    const next = nextTurn(waiting, [], 1, served)!;
    waiting.splice(waiting.indexOf(next), 1);
    const user = next.users[0]!;
    served.set(user, started.length);
    started.push(next.isLarge ? user.toUpperCase() : user);
  }
  return started.join("");
}

Deno.test("users take turns, however many jobs one of them has", () => {
  assert.equal(order([..."aaaabbc"].map((user) => turn(user))), "abcabaa");
});

Deno.test("of one user's jobs small ones come first, then the oldest", () => {
  assert.equal(order([turn("a", true), turn("a"), turn("b", true), turn("a")]), "aBaA");
});

Deno.test("large jobs leave a place to small ones, and whoever has less running comes first", () => {
  const served = new Map([["a", 0], ["b", 1]]);
  const small = turn("a");
  const large = turn("b", true);
  assert.equal(nextTurn([large], [turn("a", true)], 2, served), null);
  assert.equal(nextTurn([large, small], [turn("a", true)], 2, served), small);
  assert.equal(nextTurn([large], [turn("a", true)], 3, served), large);
  assert.equal(nextTurn([small, large], [turn("a")], 3, served), large);
  assert.equal(nextTurn([small], [turn("a"), turn("b")], 2, served), null);
  assert.equal(nextTurn([large], [], 1, served), large, "a single place takes both");
});

Deno.test("beside a heavy job there is one place, for small jobs; a heavy one that waits gets its turn", () => {
  const none = new Map<string, number>();
  const [heavy, large, small] = [turn("a", true, true), turn("b", true), turn("b")];
  assert.equal(nextTurn([heavy], [heavy], 8, none), null, "one heavy job at a time");
  assert.equal(nextTurn([large, small], [heavy], 8, none), small);
  assert.equal(nextTurn([small], [heavy, small], 8, none), null);
  assert.equal(nextTurn([heavy], [large], 8, none), null);
  assert.equal(nextTurn([heavy, large], [turn("c", true)], 8, none), null, "no further large one");
  assert.equal(nextTurn([heavy, small], [small, small], 8, none), null, "nor a third small one");
  assert.equal(nextTurn([heavy], [small], 8, none), heavy);
});

Deno.test("a job that several wait for comes when the first of them would have it", () => {
  const served = new Map([["bob", 1], ["mallory", 2]]);
  const [shared, other] = [{ ...turn("mallory"), users: ["mallory", "ann"] }, turn("bob")];
  assert.equal(nextTurn([other, turn("mallory")], [], 1, served), other);
  assert.equal(nextTurn([other, shared], [], 1, served), shared, "ann had no turn yet");
  assert.equal(nextTurn([other, shared], [turn("mallory")], 2, served), shared);
});
