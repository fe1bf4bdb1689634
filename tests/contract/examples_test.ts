import assert from "node:assert/strict";
import { join } from "node:path";
import { addToken } from "../support/add_token.ts";
import { PROJECT, type ServiceUnderTest, startEmbedded } from "../support/embedded_service.ts";
import { freePort } from "../support/free_port.ts";
import { sendJson } from "../support/http.ts";
import { PYTHON, works } from "../support/tools.ts";

const MISSING = !works(PYTHON, ["--version"]) || !works("curl", ["--version"]);
/** What a reader takes in at a glance. */
const CODE_LINES_MAX = 20;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  example: string,
  args: readonly string[],
  folder: string,
  env: Record<string, string>,
): Promise<Ran> {
  const [program, ...options] = programOf(example, env["MAMMOEVAL_URL"]!);
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...options, join(PROJECT, "examples", example), ...args],
    cwd: folder,
    env,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** What runs an example; the one of the client shows that it needs nothing but the network. */
function programOf(example: string, url: string): [string, ...string[]] {
  if (example.endsWith(".py")) return [PYTHON];
  if (example.endsWith(".sh")) return ["sh"];
  const permissions = [
    "--allow-env=MAMMOEVAL_URL,MAMMOEVAL_TOKEN",
    `--allow-net=${new URL(url).host}`,
  ];
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-check", ...permissions];
}

/** Registers the sample as an owner; from then on there is a token, and every caller needs one. */
async function prepare(service: ServiceUnderTest): Promise<Record<string, string>> {
  const owner = await addToken(service, "owner", "admin");
  const sample = {
    name: "sample",
    images: `${PROJECT}sample_data/images`,
    data_list: `${PROJECT}sample_data/data.pkl`,
  };
  const { status } = await sendJson(`${service.url}/v1/datasets`, "POST", sample, {
    ...owner,
    prefer: "wait=60",
  });
  assert.equal(status, 201);
  const { authorization } = await addToken(service, "ada", "submit");
  return { MAMMOEVAL_URL: service.url, MAMMOEVAL_TOKEN: authorization.split(" ")[1]! };
}

Deno.test({
  name: "the examples evaluate, print and save, and say why where they cannot",
  ignore: MISSING,
  async fn(t): Promise<void> {
    await using service = await startEmbedded();
    const env = await prepare(service);
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
    await t.step("Python", async () => {
      const { code, stdout, stderr } = await run(
        "evaluate.py",
        ["reference", "sample"],
        folder,
        env,
      );
      assert.equal(code, 0, stderr);
      // Four exams are too few for an interval.
      assert.match(stdout, /^reference on sample: AUROC 0\.\d{3}, interval by exam None$/m);
      const wrong = await run("evaluate.py", ["nobody", "sample"], folder, env);
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /nobody/);
      assert.doesNotMatch(wrong.stderr, /Traceback/);
    });
    await t.step("shell", async () => {
      const { code, stdout, stderr } = await run(
        "evaluate.sh",
        ["reference", "sample"],
        folder,
        env,
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /\/v1\/scores\/[0-9a-f-]{36}, report\.html, roc\.png/);
      assert.match(await Deno.readTextFile(join(folder, "report.html")), /reference on sample/);
      const wrong = await run("evaluate.sh", ["nobody", "sample"], folder, env);
      assert.notEqual(wrong.code, 0);
      assert.match(wrong.stdout + wrong.stderr, /nobody/);
    });
    await t.step("TypeScript", async () => {
      const { code, stdout, stderr } = await run(
        "evaluate.ts",
        ["reference", "sample"],
        folder,
        env,
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^reference on sample: AUROC 0\.\d{3}, interval by exam null$/m);
      assert.match(stderr, /succeeded/);
      const wrong = await run("evaluate.ts", ["nobody", "sample"], folder, env);
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /nobody/);
      assert.doesNotMatch(wrong.stderr, /\n\s+at /);
    });
    await t.step("without a token they are told to get one", async () => {
      const anonymous = { ...env, MAMMOEVAL_TOKEN: "" };
      for (const example of ["evaluate.py", "evaluate.sh", "evaluate.ts"]) {
        const { code, stderr } = await run(example, ["reference", "sample"], folder, anonymous);
        assert.notEqual(code, 0, example);
        assert.match(stderr, /token/, example);
      }
    });
    await t.step("where nobody answers they say so", async () => {
      const away = { ...env, MAMMOEVAL_URL: `http://127.0.0.1:${freePort()}` };
      for (const example of ["evaluate.py", "evaluate.sh", "evaluate.ts"]) {
        const { code, stderr } = await run(example, ["reference", "sample"], folder, away);
        assert.notEqual(code, 0, example);
        assert.match(stderr, /answer|connect/i, example);
        assert.doesNotMatch(stderr, /Traceback|\n\s+at /, example);
      }
    });
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("the examples that evaluate stay short", async () => {
  for await (const { name } of Deno.readDir(join(PROJECT, "examples"))) {
    // What receives webhooks is a program to begin with, not a call.
    if (!name.startsWith("evaluate")) continue;
    const text = await Deno.readTextFile(join(PROJECT, "examples", name));
    const code = text.split("\n").filter((line) => !/^(\s*|#.*|\/\/.*)$/.test(line));
    assert.ok(code.length <= CODE_LINES_MAX, `${name}: ${code.length} lines`);
  }
});
