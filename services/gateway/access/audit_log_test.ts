import assert from "node:assert/strict";
import { type AuditEntry, boundAudit } from "./audit_log.ts";

const ENTRY: AuditEntry = {
  at: "2030-01-01T00:00:00.000Z",
  user: null,
  token: null,
  method: "GET",
  path: "/v1/datasets",
  status: 401,
  refusal: "unauthorized",
  request_id: "r1",
};

Deno.test("strangers cannot fill the audit log, users are always in it, and what was left out is told", async () => {
  const entries: AuditEntry[] = [];
  let now = 0;
  const audit = boundAudit(
    { append: (entry) => Promise.resolve(void entries.push(entry)) },
    () => now,
    2,
  );
  for (let count = 0; count < 5; count++) await audit.append(ENTRY);
  await audit.append({ ...ENTRY, user: "ada", token: "000000000000" });
  assert.deepEqual(entries.map(({ user }) => user), [null, null, "ada"]);
  now = 60_000;
  await audit.append(ENTRY);
  await audit.append(ENTRY);
  assert.deepEqual(entries.slice(3).map(({ left_out }) => left_out), [3, undefined]);
});

Deno.test("a path of a megabyte is not kept whole", async () => {
  const entries: AuditEntry[] = [];
  const audit = boundAudit(
    { append: (entry) => Promise.resolve(void entries.push(entry)) },
    () => 0,
  );
  await audit.append({ ...ENTRY, path: `/${"x".repeat(1_000_000)}` });
  assert.equal(entries[0]!.path.length, 1024);
});
