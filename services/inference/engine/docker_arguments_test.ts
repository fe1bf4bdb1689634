import assert from "node:assert/strict";
import fc from "fast-check";
import { PODMAN } from "./container_engine.ts";
import { containerName, dockerBuildArguments, dockerCreateArguments } from "./docker_arguments.ts";
import { makeJob } from "../../../tests/support/inference/values.ts";

/** The value after a flag, which must occur once. */
function valueOf(args: readonly string[], flag: string): string | undefined {
  assert.equal(args.filter((argument) => argument === flag).length, 1, `${flag} once`);
  return args[args.indexOf(flag) + 1];
}

Deno.test("a job becomes exactly this command, every hardening flag in it", () => {
  assert.deepEqual(dockerCreateArguments(makeJob()), [
    "create",
    "--env",
    "NVIDIA_VISIBLE_DEVICES=void",
    "--init",
    "--name",
    "mammoeval-0190a000-0000-7000-8000-000000000001",
    "--label",
    "mammoeval.evaluation=0190a000-0000-7000-8000-000000000001",
    "--log-driver",
    "json-file",
    "--log-opt",
    "max-size=64m",
    "--log-opt",
    "max-file=2",
    "--network",
    "none",
    "--user",
    "10001:10002",
    "--group-add",
    "10002",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
    "--memory",
    "16g",
    "--memory-swap",
    "16g",
    "--pids-limit",
    "4096",
    "--cpus",
    "2",
    "--env",
    "MAMMOEVAL_CPUS=2",
    "--env",
    "PYTHONUNBUFFERED=1",
    "--env",
    "BASH_ENV=/etc/mammoeval/environment.sh",
    "--tmpfs",
    "/tmp:rw,exec,nosuid,nodev,size=2g",
    "--shm-size",
    "8589934592",
    "--volume",
    "/dev/null:/etc/resolv.conf:ro",
    "--mount",
    "type=bind,source=/data/images,destination=/home/images,ro",
    "--mount",
    "type=bind,source=/volume/work/1/predictions,destination=/home/predictions",
    "--workdir",
    "/home/toy",
    "--entrypoint",
    "bash",
    "sha256:0123",
    "predict.sh",
    "/home/data.pkl",
    "/home/images",
    "/home/predictions/p.csv",
  ]);
});

Deno.test("a gpu is asked for only on gpu, several stand in quotes of their own", () => {
  assert.ok(!dockerCreateArguments(makeJob({ gpus: [1] })).includes("--gpus"));
  const one = dockerCreateArguments(makeJob({ device: "gpu", gpus: [3] }));
  assert.equal(valueOf(one, "--gpus"), "device=3");
  assert.ok(!one.join().includes("NVIDIA_VISIBLE_DEVICES"), "the engine sets it");
  const several = dockerCreateArguments(makeJob({ device: "gpu", gpus: [0, 2] }));
  assert.equal(valueOf(several, "--gpus"), '"device=0,2"');
});

Deno.test("the root is read-only where the model allows it", () => {
  const args = dockerCreateArguments(makeJob({ readOnlyRoot: true }));
  assert.ok(args.includes("--read-only"));
  assert.ok(!dockerCreateArguments(makeJob()).includes("--read-only"));
});

/** Parses one line of CSV like Go's encoding/csv, with which Docker parses `--mount`. */
function readCsvLine(line: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/gy;
  while (field.lastIndex < line.length) {
    const match = field.exec(line);
    assert.ok(match, `not CSV: ${line}`);
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
  }
  return fields;
}

Deno.test("paths with comma, quote, colon or space survive Docker's CSV", () => {
  const cases: [string, string][] = [
    ["/a,b", 'type=bind,"source=/a,b",destination=/t'],
    ['/a"b', 'type=bind,"source=/a""b",destination=/t'],
    ["/a:b", "type=bind,source=/a:b,destination=/t"],
    ["/a b", "type=bind,source=/a b,destination=/t"],
  ];
  for (const [source, expected] of cases) {
    const job = makeJob({ mounts: [{ source, target: "/t", readOnly: false }] });
    assert.equal(valueOf(dockerCreateArguments(job), "--mount"), expected);
  }
});

Deno.test("property: whatever a path holds, Docker reads back the same mount", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.boolean(), (name, readOnly) => {
    const source = `/data/${name}`;
    const job = makeJob({ mounts: [{ source, target: "/t", readOnly }] });
    const fields = readCsvLine(valueOf(dockerCreateArguments(job), "--mount")!);
    assert.deepEqual(
      fields,
      ["type=bind", `source=${source}`, "destination=/t", ...(readOnly ? ["ro"] : [])],
    );
  }));
});

Deno.test("property: text of a request stays one argument each, after the image, unchanged", () => {
  const nasty = fc.oneof(
    fc.string(),
    fc.constantFrom("$(id)", "`id`", "; rm -rf /", "--privileged", "-v/:/host", "a\nb", "'\"\\"),
  );
  fc.assert(fc.property(fc.array(nasty, { minLength: 1, maxLength: 8 }), (texts) => {
    const plain = dockerCreateArguments(makeJob({ arguments: texts.map((_, at) => String(at)) }));
    const args = dockerCreateArguments(makeJob({ arguments: texts }));
    const image = args.indexOf("sha256:0123");
    assert.deepEqual(args.slice(image + 1), texts);
    assert.deepEqual(args.slice(0, image + 1), plain.slice(0, image + 1));
  }));
});

Deno.test("property: labels are one argument each and cannot become flags", () => {
  fc.assert(fc.property(fc.string(), (value) => {
    const args = dockerCreateArguments(makeJob({ labels: { "mammoeval.experiment": value } }));
    assert.equal(valueOf(args, "--label"), `mammoeval.experiment=${value}`);
    assert.equal(args.length, dockerCreateArguments(makeJob()).length);
  }));
});

Deno.test("a container is named after its evaluation", () => {
  assert.equal(containerName("abc"), "mammoeval-abc");
});

Deno.test("a build removes the containers of failed steps and carries its arguments", () => {
  const args = dockerBuildArguments({
    context: "/work/build",
    dockerfile: "/work/build/models/toy/Dockerfile",
    tag: "mammoeval/toy:1",
    buildArgs: { GROUPNAME: "g", BASE: "a=b $(id)" },
    labels: { "mammoeval.model": "toy" },
  });
  assert.deepEqual(args, [
    "build",
    "--force-rm",
    "--tag",
    "mammoeval/toy:1",
    "--file",
    "/work/build/models/toy/Dockerfile",
    "--build-arg",
    "GROUPNAME=g",
    "--build-arg",
    "BASE=a=b $(id)",
    "--label",
    "mammoeval.model=toy",
    "/work/build",
  ]);
});

Deno.test("Podman gets the same command, with its own GPUs and without limits that it would refuse", () => {
  const job = makeJob({ device: "gpu", gpus: [0, 2] });
  const docker = dockerCreateArguments(job);
  const podman = dockerCreateArguments(job, PODMAN, ["memory", "swap", "processes", "cores"]);
  assert.ok(
    !podman.includes("--gpus") && !podman.includes("--memory") && !podman.includes("--cpus"),
  );
  assert.equal(valueOf(podman, "--ulimit"), "nproc=4096:4096");
  assert.ok(podman.includes("nvidia.com/gpu=0") && podman.includes("nvidia.com/gpu=2"));
  assert.ok(podman.includes("--http-proxy=false") && podman.includes("--no-hosts"));
  const hardening = ["--network", "--cap-drop", "--read-only", "no-new-privileges", "--tmpfs"];
  for (const flag of hardening) assert.equal(podman.includes(flag), docker.includes(flag), flag);
});
