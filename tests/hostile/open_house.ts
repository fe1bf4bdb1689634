import assert from "node:assert/strict";
import { join } from "node:path";
import { copyModules } from "../support/copy_modules.ts";
import { PROJECT } from "../support/embedded_service.ts";
import type { Row } from "./attack_table.ts";

/** What stands in the way of a family, and what the project is without it. */
interface Guard {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly is: string;
  readonly without: string;
}

const guard = (file: string, is: string, without: string): Guard => ({ file, is, without });

/** Each as its author wrote it: whoever changes one is told here, and sees which attacks it keeps out. */
const GUARDS: readonly Guard[] = [
  guard(
    "services/gateway/routes/docs.ts",
    "Object.hasOwn(ASSETS, file) ? ASSETS[file]! : null",
    'ASSETS[file] ?? "text/plain"',
  ),
  guard(
    "shared/volume/containment.ts",
    "if (real !== null && allowed.some((root) => isWithin(root, real))) return real;",
    "if (real !== null) return real;",
  ),
  guard(
    "shared/volume/open_plain.ts",
    "const seen = await Deno.lstat(path);",
    "const seen = await Deno.stat(path);",
  ),
  guard(
    "shared/volume/open_plain.ts",
    "const seen = Deno.lstatSync(path);",
    "const seen = Deno.statSync(path);",
  ),
  guard("services/ingestion/unpack_zip.ts", "    refuseOddEntry(entry);\n", ""),
  guard("services/ingestion/unpack_zip.ts", "  refuseOverlaps(spans);\n", ""),
  guard("services/ingestion/unpack_zip.ts", '  refuseBomb("it", zip.fileSize, unpacked);\n', ""),
  guard("shared/contracts/common.ts", "(name) => !NOT_SEEN.test(name),", "() => true,"),
  guard("services/gateway/watch_body.ts", "if (bytes > bytesMax) return", "if (bytes < 0) return"),
  guard(
    "services/gateway/content_policy.ts",
    'c.res.headers.set("content-security-policy", policy);',
    "",
  ),
  guard("shared/format/csv.ts", "if (!isFormula(content)) continue;", "continue;"),
  guard("services/gateway/access/audit_log.ts", "jsonLine(entry)", "JSON.stringify(entry)"),
  guard(
    "services/inference/webhooks/webhook_sender.ts",
    "if (allowed.has(url.host) ||",
    'if (url.host !== "" ||',
  ),
  guard(
    "services/gateway/access/keep_to_site.ts",
    "!SAFE_METHODS.has(c.req.method) && isForeign(c)",
    "false",
  ),
  guard(
    "services/gateway/access/admit.ts",
    "if (!mayDo(token.role, needed)) await",
    "if (false) await",
  ),
  guard("shared/http/truth_access.ts", 'if (role === "admin") return true;', "return true;"),
  guard(
    "services/inference/models/private_model.ts",
    'if (caller.role === "admin" || evaluation.user === caller.user) return true;',
    "return true;",
  ),
  guard(
    "services/inference/submission/queue_evaluations.ts",
    'if (caller.role !== "submit") return;\n  const asked',
    "return;\n  const asked",
  ),
  guard("services/inference/submission/idempotency.ts", "if (inFlight.has(key)) {", "if (false) {"),
  guard("services/gateway/bound_held.ts", ">= most) {", ">= Infinity) {"),
  guard(
    "services/gateway/access/end_with_token.ts",
    "refusalOf(record, now) !== null) endNow();",
    "false) endNow();",
  ),
  guard(
    "services/gateway/access/slow_down.ts",
    "return Math.min(DELAY_MS_MAX,",
    "return Math.min(0,",
  ),
  guard("services/gateway/access/slow_down.ts", "waiting >= WAITING_MAX", "waiting >= Infinity"),
];

/** Families whose guard is no line of this project: Deno's HTTP reads what goes over the wire. */
export const UNGUARDED: ReadonlySet<string> = new Set(["ends of requests, ranges"]);

/** What a copy of the project needs to run its attacks. */
const COPIED = [
  "cli",
  "shared",
  "services",
  "models",
  "sample_data",
  "tests/hostile",
  "tests/openapi",
  "tests/support",
  "deno.json",
  "deno.lock",
];
/** Attacks of each family that are tried, and how long an answer is waited for, in milliseconds. */
const SAMPLE = 24;
const PATIENCE_MS = 3_000;

/** Takes all guards out of a copy of the project and runs a sample of every family there. */
export async function runWithoutGuards(): Promise<Row[]> {
  const copy = await Deno.makeTempDir({ prefix: "mammoeval-open-" });
  try {
    for (const path of COPIED) {
      const folder = join(copy, path, "..");
      await Deno.mkdir(folder, { recursive: true });
      const { success } = await new Deno.Command("cp", {
        args: ["-R", join(PROJECT, path), folder],
      }).output();
      assert.ok(success, path);
    }
    await copyModules(PROJECT, copy);
    await Deno.mkdir(join(copy, "tmp"));
    for (const one of GUARDS) await takeOut(copy, one);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "-A",
        "--no-check",
        join(copy, "tests/hostile/run_sample.ts"),
        String(SAMPLE),
      ],
      cwd: copy,
      env: {
        HOSTILE_PATIENCE_MS: String(PATIENCE_MS),
        DISABLE_SYSTEM_FONTS_LOAD: "1",
        TMPDIR: join(copy, "tmp"),
        // What is let in there shall find no engine, whose images are other people's.
        DOCKER_HOST: `unix://${join(copy, "no-engine.sock")}`,
      },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    const told = decoder.decode(stdout).trim().split("\n").at(-1) ?? "";
    assert.match(told, /^\[/, decoder.decode(stderr).slice(-2_000));
    return JSON.parse(told);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

async function takeOut(copy: string, { file, is, without }: Guard): Promise<void> {
  const path = join(copy, file);
  const text = await Deno.readTextFile(path);
  assert.equal(text.split(is).length, 2, `${file} has no guard, or more than one: ${is}`);
  await Deno.writeTextFile(path, text.replace(is, () => without));
}
