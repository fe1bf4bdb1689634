import assert from "node:assert/strict";
import { findToken, type TokenRecord } from "../services/gateway/access/token.ts";
import type { TokenStore } from "../services/gateway/access/token_store.ts";
import { parseCommandLine } from "./command_line/mod.ts";
import { TOKEN, type TokenCommand } from "./commands/token.ts";
import { asFailure, tellFailure } from "./failure.ts";
import { keepingConsole } from "../tests/support/console.ts";
import { token } from "./token.ts";

function readTokenArguments(args: readonly string[]): TokenCommand {
  const line = parseCommandLine(TOKEN, args);
  assert.ok(line.kind === "run");
  return line.args;
}

const NOW = new Date("2030-01-01T00:00:00Z");

function createWorld(): {
  run(...args: string[]): Promise<number>;
  readonly results: string[];
  readonly complaints: string[];
  readonly records: TokenRecord[];
} {
  const { console, out: results, err: complaints } = keepingConsole();
  const records: TokenRecord[] = [];
  const store: TokenStore = {
    all: () => Promise.resolve(records),
    add: (record) => Promise.resolve(void records.push(record)),
    revoke(id, at): Promise<TokenRecord | null> {
      const found = records.findIndex((record) => record.id === id);
      if (found < 0) return Promise.resolve(null);
      records[found] = { ...records[found]!, revoked_at: at.toISOString() };
      return Promise.resolve(records[found]!);
    },
  };
  return {
    run: (...args) =>
      token(readTokenArguments(args), store, console, NOW).then(
        ({ exitCode }) => exitCode,
        (error) => {
          tellFailure(asFailure(error), console, false);
          return asFailure(error).exitCode;
        },
      ),
    results,
    complaints,
    records,
  };
}

Deno.test("a token is made, listed without its secret, and revoked", async () => {
  const { run, results, complaints, records } = createWorld();
  assert.equal(await run("create", "ada", "--role", "submit", "--days", "30"), 0);
  const [text] = results;
  const found = findToken(text!.trim(), records, NOW);
  assert.ok(typeof found === "object" && found.role === "submit");
  assert.equal(found.expires_at, "2030-01-31T00:00:00.000Z");
  assert.equal(await run("list"), 0);
  assert.match(results[1]!, /^[0-9a-f]{12}\tada\tsubmit\tmade .+\tvalid until 2030-01-31/);
  assert.equal(await run("revoke", found.id), 0);
  assert.match(results[2]!, /revoked 2030-01-01/);
  assert.equal(findToken(text!.trim(), records, NOW), "revoked");
  assert.equal(await run("revoke", "nothing"), 1);
  assert.match(complaints.at(-1)!, /no token "nothing"/);
});

Deno.test("the first token is an admin's, and there is only one first", async () => {
  const { run, results, records } = createWorld();
  assert.equal(await run("first"), 0);
  assert.equal(await run("first"), 0);
  assert.deepEqual(records.map(({ user, role }) => [user, role]), [["admin", "admin"]]);
  assert.equal(results.length, 1);
});

Deno.test("wrong arguments are refused with the usage", () => {
  const wrong = [
    [],
    ["create"],
    ["create", "ada"],
    ["create", "ada", "--role", "king"],
    ["create", "a b", "--role", "read"],
    ["create", "ada", "--role", "read", "--days", "0"],
    ["create", "ada", "--role", "read", "--days", "1.5"],
    ["create", "ada", "--rule", "read"],
    ["lst"],
    ["list", "--role", "read"],
    ["create", "ada", "--role", "--days", "3"],
    ["list", "all"],
    ["revoke"],
    ["revoke", "a", "b"],
  ];
  for (const args of wrong) {
    assert.throws(() => readTokenArguments(args), /usage: deno task token/, args.join(" "));
  }
});
