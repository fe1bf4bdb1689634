import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../../../tests/support/temporary_folder.ts";
import type { RunEnd } from "../engine/executor.ts";
import { followSlurmJob } from "./slurm_follow.ts";
import { STARTS } from "./slurm_interruptions.ts";
import { type SlurmFiles, slurmFiles } from "./slurm_script.ts";

interface Followed {
  readonly files: SlurmFiles;
  /** Reports in order, `waits <reason>` or `starts <time>`. */
  readonly reports: string[];
  readonly end: Promise<RunEnd>;
  until(count: number): Promise<void>;
}

/** Follows a job that Slurm, by an answer that stays the same, shows waiting. */
async function follow(stack: AsyncDisposableStack, started: string): Promise<Followed> {
  const folder = await temporaryFolder(stack, "mammoeval-test-follow-");
  const files = slurmFiles(join(folder, "slurm"));
  await Deno.mkdir(files.folder);
  await Deno.writeTextFile(files.output, `${STARTS}\n*** CANCELLED DUE TO PREEMPTION ***`);
  if (started !== "") await Deno.writeTextFile(files.started, started);
  const job = { id: "1", name: "", state: "PENDING", reason: "Priority", comment: "" };
  const queue = {
    find: () => Promise.resolve(job),
    states: () => Promise.resolve([]),
    all: () => Promise.resolve([job]),
  };
  const reports: string[] = [];
  const end = followSlurmJob("1", files, queue, {
    onLine: () => {},
    since: null,
    hooks: {
      onWaiting: (reason) => void reports.push(reason),
      onStarted: (at, gpus) => void reports.push(`starts ${at} on ${gpus.join()}`),
    },
  });
  const until = async (count: number): Promise<void> => {
    while (new Set(reports).size < count) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { files, reports, end, until };
}

const END = JSON.stringify({ Status: "exited", ExitCode: 0, OOMKilled: false, Error: "" });

Deno.test("an answer of Slurm from before the start does not make a job wait again", async () => {
  await using stack = new AsyncDisposableStack();
  const { files, reports, end, until } = await follow(stack, "");
  await until(1);
  await Deno.writeTextFile(files.started, "2026-01-01T00:00:00.000Z 0,2\n");
  await until(2);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await Deno.writeTextFile(files.end, END);
  assert.equal((await end).kind, "exited");
  assert.deepEqual([reports[0], reports.at(-1)], [
    "waits in Slurm (Priority)",
    "starts 2026-01-01T00:00:00.000Z on 0,2",
  ]);
});

Deno.test("a process that finds a job waiting again reports why, and only its next start", async () => {
  await using stack = new AsyncDisposableStack();
  const { files, reports, end, until } = await follow(stack, "2026-01-01T00:00:00.000Z 0\n");
  await until(1);
  await Deno.writeTextFile(files.started, "2026-01-01T00:09:00.000Z 1\n");
  await until(2);
  await Deno.writeTextFile(files.end, END);
  await end;
  assert.deepEqual([...new Set(reports)], [
    "waits in Slurm (Priority) because a job of higher priority preempted it",
    "starts 2026-01-01T00:09:00.000Z on 1",
  ]);
});
