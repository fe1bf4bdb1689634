import assert from "node:assert/strict";
import { join } from "node:path";
import { DOCKER } from "../../services/inference/engine/container_engine.ts";
import { createDockerExecutor } from "../../services/inference/executors/docker_executor.ts";
import type { Executor, FollowHooks, RunEnd } from "../../services/inference/engine/executor.ts";
import { readProgress } from "../../services/inference/dispatch/read_progress.ts";
import { makeJob } from "../support/inference/values.ts";
import { engineTest, TINY_IMAGE } from "../support/engine.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

/** What following a script has brought. */
interface Followed {
  readonly end: RunEnd;
  readonly lines: string[];
  readonly times: string[];
}

/** Runs a script in a container of its own; what it says goes to the hooks, its folder is `$P`. */
async function follow(
  script: string,
  hooks: (folder: string) => FollowHooks = () => ({}),
  isTakenUp = false,
): Promise<Followed> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-");
  await Deno.chmod(folder, 0o777);
  const createExecutor = (): Executor =>
    createDockerExecutor(
      DOCKER,
      { plan: () => assert.fail(), prepare: () => assert.fail() } as never,
      { path: folder, id: "0123456789abcdef" },
      () => Promise.resolve(0),
    );
  const executor = createExecutor();
  const job = makeJob({
    id: crypto.randomUUID(),
    image: TINY_IMAGE,
    mounts: [{ source: folder, target: "/home/predictions", readOnly: false }],
    workingFolder: "/",
    arguments: ["-c", `P=/home/predictions\n${script}`],
  });
  stack.defer(() => executor.remove(job.id));
  assert.deepEqual(await executor.start(job), { ok: true, value: undefined });
  const lines: string[] = [];
  const times: string[] = [];
  const follower = isTakenUp ? createExecutor() : executor;
  const end = await follower.follow(
    job.id,
    ({ at, text }) => {
      lines.push(text);
      times.push(at);
    },
    null,
    hooks(folder),
  );
  return { end, lines, times };
}

const UPDATES = 100;

await engineTest(
  "each of 100 updates of a bar is seen before the next one is written",
  async () => {
    const began = Date.now();
    const seen: number[] = [];
    const bar = String.raw`printf '\r%3d%%|####      | %d/100 [00:01<00:09, 9.9it/s]' $i $i >&2`;
    const script = `for i in $(seq ${UPDATES}); do ${bar}
    until [ -e $P/seen-$i ]; do sleep 0.01; done
  done; echo >&2; echo "all seen"`;
    const { end, lines, times } = await follow(script, (folder) => ({
      onDraft(text): void {
        const done = readProgress(text, { done: null, total: null, note: null })?.done;
        if (done === undefined || done === null || done === seen.at(-1)) return;
        seen.push(done);
        Deno.writeTextFileSync(join(folder, `seen-${done}`), "");
      },
    }));
    assert.deepEqual(end.kind === "exited" && end.exitCode, 0);
    assert.deepEqual(seen, Array.from({ length: UPDATES }, (_, at) => at + 1));
    assert.deepEqual(lines.toSorted(), [
      "100%|####      | 100/100 [00:01<00:09, 9.9it/s]",
      "all seen",
    ]);
    for (const at of times) assert.ok(Date.parse(at) >= began, `${at} is the engine's time`);
  },
);

await engineTest("the last words of both outputs are kept, without a line end too", async () => {
  const { end, lines } = await follow(
    "printf 'first\\nlast of stdout'; printf 'mammoeval: error: last of stderr' >&2; exit 255",
  );
  assert.deepEqual(lines.toSorted(), [
    "first",
    "last of stdout",
    "mammoeval: error: last of stderr",
  ]);
  assert.deepEqual(end, {
    kind: "exited",
    exitCode: 255,
    outOfMemory: false,
    engineError: "",
    engineWasAway: false,
  });
});

await engineTest("every byte is counted, also of what is written over", async () => {
  let bytes = 0;
  const { lines } = await follow(String.raw`yes 0123456 | head -c 8000000 | tr '\n' '\r'`, () => ({
    onBytes: (count) => void (bytes += count),
  }));
  assert.equal(bytes, 8_000_000);
  assert.ok(lines.join("").length < 8_000_000);
});

await engineTest(
  "who takes a run up again sees its bar from then on, and each line once",
  async () => {
    const script = String.raw`echo before
    i=0; until [ -e $P/seen ]; do i=$((i + 1)); printf '\r%d/1000000 [' $i; sleep 0.05; done
    echo; echo after`;
    const { end, lines } = await follow(script, (folder) => ({
      onDraft: (text) => text.endsWith("[") && Deno.writeTextFileSync(join(folder, "seen"), ""),
    }), true);
    assert.equal(end.kind === "exited" && end.exitCode, 0);
    assert.deepEqual([lines.at(0), lines.at(-1), lines.length], ["before", "after", 3]);
  },
);
