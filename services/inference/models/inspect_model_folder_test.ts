import assert from "node:assert/strict";
import { inspectModelFiles } from "./inspect_model_folder.ts";

const GOOD: Readonly<Record<string, string>> = {
  "Dockerfile": "FROM scratch\n",
  "config.txt": 'CONTAINER_PREDICT_PATH="/home/toy"\nSCALE=1\n',
  "predict/predict.sh": '#!/bin/bash\nSCALE=2\necho $SCALE > "$3"\n',
  "model.json": JSON.stringify({
    level: "image",
    devices: ["cpu"],
    licence: "MIT",
    parameters: { SCALE: { description: "by how much" } },
  }),
  "README.md": "# toy\n",
};

function findings(changes: Record<string, string | null>): ReturnType<typeof inspectModelFiles> {
  const files = Object.entries({ ...GOOD, ...changes }).filter(([, text]) => text !== null);
  return inspectModelFiles(new Map(files as [string, string][]));
}

Deno.test("a good folder has neither faults nor advice", () => {
  assert.deepEqual(findings({}), { faults: [], advice: [] });
});

Deno.test("a byte order mark and an ENTRYPOINT are named", () => {
  const { faults, advice } = findings({
    "Dockerfile": 'FROM scratch\nENTRYPOINT ["/start"]\n',
    "predict/predict.sh": `\ufeff${GOOD["predict/predict.sh"]}`,
  });
  assert.equal(faults.length, 1);
  assert.match(faults[0]!, /^predict\/predict\.sh begins with a byte order mark .* without BOM$/);
  assert.match(advice[0]!, /^Dockerfile sets ENTRYPOINT or CMD, which is not used/);
});

Deno.test("each fault is named, however many there are", () => {
  const { faults, advice } = findings({
    "Dockerfile": "RUN true\n",
    "config.txt": 'CONTAINER_PREDICT_PATH="/home/toy"\nSCALE=1\nLOST=1\n',
    "predict/predict.sh": "#!/bin/bash\r\nSCALE=2\r\n",
    "model.json": JSON.stringify({ parameters: { OTHER: { description: "x" } } }),
  });
  assert.deepEqual(faults, [
    "predict/predict.sh has Windows line endings, which bash does not accept: save it with LF",
    "Dockerfile has no FROM line",
    "config.txt sets LOST, but predict/predict.sh has no line LOST=… that uses it",
    "model.json describes the parameter OTHER, which config.txt does not set",
  ]);
  assert.ok(advice.some((line) => line.includes("does not seem to use $3")));
});

Deno.test("missing files are faults, those that the metarepository does not have are advice", () => {
  const { faults, advice } = findings({
    "Dockerfile": null,
    "config.txt": null,
    "predict/predict.sh": null,
    "model.json": null,
    "README.md": null,
  });
  assert.deepEqual(faults, [
    "Dockerfile is missing",
    "config.txt is missing",
    "predict/predict.sh is missing",
  ]);
  assert.equal(advice.length, 2);
});

Deno.test("files that cannot be read say why", () => {
  assert.match(
    findings({ "config.txt": "SCALE=1\n" }).faults[0]!,
    /CONTAINER_PREDICT_PATH is missing/,
  );
  assert.match(findings({ "model.json": "{" }).faults[0]!, /model\.json: it is not JSON/);
  assert.match(findings({ "model.json": '{"devices":[]}' }).faults[0]!, /model\.json: devices/);
});

Deno.test("a script that passes all its arguments on uses the third", () => {
  const script = '#!/bin/bash\nSCALE=2\nexec python3 main.py "$@"\n';
  assert.deepEqual(findings({ "predict/predict.sh": script }), { faults: [], advice: [] });
});
