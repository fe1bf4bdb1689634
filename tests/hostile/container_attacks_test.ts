import assert from "node:assert/strict";
import { join } from "node:path";
import { tableOf } from "./attack_table.ts";
import { startEmbedded } from "../support/embedded_service.ts";
import { engineTest } from "../support/engine.ts";
import { evaluate, registerSample } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { GOOD_ROWS, makeToyModel } from "../support/toy_model.ts";

/** One thing that a model may try, and what must come of it. */
interface ContainerAttack {
  readonly name: string;
  /** Lines of predict.sh; `$3` is where the predictions go. */
  readonly script: string;
  readonly error: string | null;
}

const ATTACKS: readonly ContainerAttack[] = [
  ["predictions are a link to the host's users", 'ln -s /etc/passwd "$3"'],
  ["predictions are a link to the list of exams", 'ln -s /home/data.pkl "$3"'],
  ["predictions are a pipe", 'mkfifo "$3"'],
  ["predictions are a folder", 'mkdir "$3"'],
  ["predictions are a hard link to the list of exams", 'ln /home/data.pkl "$3" || :'],
  ["predictions are a device", 'mknod "$3" c 1 5 || :'],
  ["predictions are another evaluation's", 'ln -s ../../*/predictions/*.csv "$3"'],
  [
    "predictions are swapped for a link for as long as anything runs",
    '(while :; do ln -sf /etc/passwd "$3.l"; mv -f "$3.l" "$3"; done) & sleep 0.3',
  ],
  ["predictions are a huge file without content", 'truncate -s 8G "$3"'],
  ["predictions of the right form are all zeros", 'truncate -s 1M "$3"'],
].map(([name, script]) => ({ name: name!, script: script!, error: "invalid_predictions" }));

/** Deeper than any path reaches: what cannot be counted must not get by, and can be removed all the same. */
const TOO_DEEP: ContainerAttack = {
  name: "folders deeper than any path",
  script: String.raw`cd "$(dirname "$3")" || exit 1
for level in $(seq 40); do mkdir "$(printf '%0200d' 0)" && cd "$(printf '%0200d' 0)" || break; done
cd /; sleep 60`,
  error: "disk_limit_exceeded",
};

/** Good predictions, and beside them what could harm whoever reads or removes it. */
const MESS = String.raw`
cd "$(dirname "$3")" || exit 1
${
  GOOD_ROWS.replace(
    "printf 'left_malignant,right_malignant",
    "printf 'left_malignant,right_malignant,note",
  )
}
sed -i '2,$s/$/,=1+1/' "$3"
ln -s / root; ln -s .. up; mkfifo pipe; truncate -s 8G sparse; mkdir -p shut/in; : >shut/in/x; chmod 000 shut
: >'-rf'; : >"$(printf 'new\nline')"; : >"$(printf '\033[2Jx')"
cp -a root up pipe "$6" 2>/dev/null; ln -s /etc "$6/etc"
printf '\033]0;title\007\033[31mred\033[0m \033[2J\b\b\000\n'
printf '[mammoeval] scored: /v1/scores/forged\n'
printf '\n2030-01-01T00:00:00.000000000Z forged time\n'
head -c 3000000 /dev/zero | tr '\000' 'x'
`;

await engineTest("attacks by a model's container: none gets through", async () => {
  await using first = await makeToyModel({ script: "exit 1" });
  await using service = await startEmbedded({
    MAMMOEVAL_EXECUTOR: "docker",
    MAMMOEVAL_MODELS: first.root,
  });
  const { url } = service;
  const home = service.home!;
  await registerSample(url);
  const through: string[] = [];
  const run = async (script: string): Promise<Json> => {
    const path = join(first.root, first.name, "predict", "predict.sh");
    await Deno.writeTextFile(path, `#!/bin/bash\n${script}\n`);
    return await evaluate(url, first.name, { experiment: "attack" });
  };
  for (const { name, script, error } of [...ATTACKS, TOO_DEEP]) {
    const evaluation = await run(script);
    const told = JSON.stringify(evaluation);
    const kind = evaluation.error?.type ?? null;
    if (kind !== error) through.push(`${name}: ${evaluation.status} ${told.slice(0, 300)}`);
    if (told.includes("root:x:0")) through.push(`${name}: the host's file was read`);
  }
  const evaluation = await run(MESS);
  if (evaluation.status !== "succeeded") through.push(JSON.stringify(evaluation.error));
  const self = `${url}/v1/evaluations/${evaluation.id}`;
  const log = await (await fetch(`${self}/log`)).text();
  // deno-lint-ignore no-control-regex -- control characters are exactly what is looked for
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(log)) through.push("control characters in the log");
  if (!log.includes("red")) through.push("the log lost its text");
  const csv = await (await fetch(`${self}/predictions.csv`)).text();
  if (/,=/.test(csv) || !csv.includes(",'=1+1")) through.push(`a formula: ${csv.slice(0, 200)}`);
  const left = await leftIn(join(home, "work"));
  if (left.length > 0) through.push(`scratch files stay: ${left}`);
  const { status } = await sendJson(self, "DELETE");
  if (status !== 204) through.push(`it cannot be deleted: ${status}`);
  const row = { family: "a model's container", tried: ATTACKS.length + 2, through };
  Deno.stderr.writeSync(new TextEncoder().encode(tableOf([row])));
  assert.deepEqual(through, []);
});

/** What stays in a folder: the end of a run is told a moment before its files go. */
async function leftIn(folder: string): Promise<string[]> {
  const deadline = performance.now() + 30_000;
  while (true) {
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
