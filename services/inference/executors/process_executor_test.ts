import assert from "node:assert/strict";
import { join } from "node:path";
import type { Job } from "../engine/job.ts";
import { createProcessExecutor, processArguments } from "./process_executor.ts";
import { makeJob, makeModel } from "../../../tests/support/inference/values.ts";

/** Runs a test with a job whose program is this TypeScript text. */
async function withJob(program: string, test: (job: Job) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    for (const name of ["predict", "images", "predictions"]) await Deno.mkdir(join(folder, name));
    await Deno.writeTextFile(join(folder, "predict", "main.ts"), program);
    await Deno.writeTextFile(join(folder, "data.pkl"), "list");
    const mount = (name: string, target: string): Job["mounts"][number] => ({
      source: join(folder, name),
      target,
      readOnly: name !== "predictions",
    });
    await test(makeJob({
      model: "reference",
      mounts: [
        mount("images", "/home/images"),
        mount("data.pkl", "/home/data.pkl"),
        mount("predictions", "/home/predictions"),
        mount("predict/main.ts", "/home/toy/main.ts"),
      ],
      parameters: { NUM_PROCESSES: "2" },
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(job: Job): Promise<{ lines: string[]; exitCode: number | null }> {
  const executor = createProcessExecutor(Deno.execPath());
  const lines: string[] = [];
  assert.ok((await executor.start(job)).ok);
  const end = await executor.follow(job.id, ({ text }) => lines.push(text), null);
  await executor.remove(job.id);
  return { lines, exitCode: end.kind === "exited" ? end.exitCode : null };
}

Deno.test("the reference model runs without an engine, no other one does", async () => {
  const executor = createProcessExecutor(Deno.execPath());
  const signal = new AbortController().signal;
  const provision = (name: string): ReturnType<typeof executor.provision> =>
    executor.provision(makeModel({ name }), () => {}, signal);
  assert.ok((await provision("reference")).ok);
  const refused = await provision("nyu_gmic");
  assert.ok(!refused.ok && refused.failure.type === "engine_unavailable");
  assert.match(refused.failure.message, /start the engine/);
});

Deno.test("what a container would find empty cannot be read", () =>
  withJob(
    `for (const name of ["data.pkl", "old/x.pkl", "a.png"]) {
       try { console.log(Deno.readTextFileSync(Deno.args[1] + "/" + name)); }
       catch (error) { console.log(error.name); }
     }`,
    async (job) => {
      const images = job.mounts[0]!.source;
      await Deno.mkdir(join(images, "old"));
      for (const name of ["data.pkl", "old/x.pkl", "a.png"]) {
        await Deno.writeTextFile(join(images, name), name);
      }
      const masks = ["data.pkl", "old"].map((name) => ({
        source: "/empty",
        target: `/home/images/${name}`,
        readOnly: true,
      }));
      const mounts = [...job.mounts, ...masks];
      const { lines } = await run({
        ...job,
        arguments: ["main.ts", "/home/data.pkl", "/home/images", "/home/predictions/p.csv"],
        mounts,
      });
      assert.deepEqual(lines, ["NotCapable", "NotCapable", "a.png"]);
      const odd = { source: "/empty", target: "/home/images/a,b.csv", readOnly: true };
      const refused = await createProcessExecutor("deno").start({
        ...job,
        mounts: [...mounts, odd],
      });
      assert.ok(!refused.ok && /paths must not contain commas/.test(refused.failure.message));
    },
  ));

Deno.test("paths of the container become the host's, permissions name them alone", () =>
  withJob("", (job) => {
    const args = processArguments(job);
    const source = (target: string): string =>
      job.mounts.find((mount) => mount.target === target)!.source;
    const predictions = source("/home/predictions");
    assert.deepEqual(args.slice(-5), [
      source("/home/toy/main.ts"),
      source("/home/data.pkl"),
      source("/home/images"),
      join(predictions, "p.csv"),
      "--NUM_PROCESSES=2",
    ]);
    assert.ok(args.includes(`--allow-write=${predictions}`));
    assert.deepEqual(
      args.filter((argument) => /^(-A|--allow-(all|net|run|env|ffi))/.test(argument)),
      [],
    );
    return Promise.resolve();
  }));

Deno.test("a run prints, ends, and may do no more than it needs", () =>
  withJob(
    `const [list, , predictions] = Deno.args;
     console.log(Deno.readTextFileSync(list));
     Deno.writeTextFileSync(predictions, "x");
     for (const [name, attempt] of [
       ["network", () => Deno.connect({ hostname: "127.0.0.1", port: 9 })],
       ["environment", () => Deno.env.get("HOME")],
       ["program", () => new Deno.Command("/usr/bin/id").output()],
       ["file", () => Deno.readTextFile("/etc/passwd")],
     ] as const) {
       try { await attempt(); console.log(name + " allowed"); }
       catch (error) { console.log(name + " " + (error as Error).name); }
     }
     console.error("last words");
     Deno.exit(3);`,
    async (job) => {
      const { lines, exitCode } = await run(job);
      assert.equal(exitCode, 3);
      assert.deepEqual([...lines].sort(), [
        "environment NotCapable",
        "file NotCapable",
        "last words",
        "list",
        "network NotCapable",
        "program NotCapable",
      ]);
    },
  ));

Deno.test("a run that is stopped ends, and what nobody knows has vanished", () =>
  withJob("console.log('up'); setInterval(() => {}, 1000);", async (job) => {
    const executor = createProcessExecutor(Deno.execPath());
    await executor.start(job);
    assert.deepEqual(await executor.known(), [job.id]);
    const end = await executor.follow(job.id, () => void executor.stop(job.id), null);
    assert.deepEqual(end.kind === "exited" && end.exitCode, 137);
    await executor.remove(job.id);
    assert.deepEqual(await executor.known(), []);
    assert.deepEqual(await executor.follow(job.id, () => {}, null), { kind: "vanished" });
  }));

Deno.test("a path with a comma would widen the permissions and is refused", async () => {
  const job = makeJob({ mounts: [{ source: "/a,/etc", target: "/home/images", readOnly: true }] });
  const outcome = await createProcessExecutor(Deno.execPath()).start(job);
  assert.ok(!outcome.ok && /rename \/a,\/etc/.test(outcome.failure.message));
});
