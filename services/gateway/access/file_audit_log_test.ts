import assert from "node:assert/strict";
import { createDamage, silentDamage, volumeLayout } from "../../../shared/volume/mod.ts";
import { type AuditEntry, createFileAuditLog } from "./audit_log.ts";

Deno.test("each entry is one line, also one that carries line ends, and none replaces another", async () => {
  const layout = volumeLayout(await Deno.makeTempDir());
  const entry: AuditEntry = {
    at: "2030-01-01T00:00:00.000Z",
    user: "ada",
    token: "000000000000",
    method: "GET",
    path: '/v1/x"\n{"user":"mallory"}\r\n\u2028\u009b2J\u202e\u001b[2J',
    status: 404,
    refusal: null,
    request_id: "r1",
  };
  try {
    await createFileAuditLog(layout, silentDamage(layout)).append(entry);
    await createFileAuditLog(layout, silentDamage(layout)).append({ ...entry, user: null });
    const text = await Deno.readTextFile(layout.audit);
    assert.match(text, /^[ -~\n]*$/, "what could not be seen, or would be acted on, is escaped");
    const lines = text.trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line)), [entry, { ...entry, user: null }]);
    assert.equal((await Deno.stat(layout.audit)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(layout.home, { recursive: true });
  }
});

const ENTRY: AuditEntry = {
  ...{ at: "2030-01-01T00:00:00.000Z", user: "ada", token: null, method: "POST", path: "/v1/x" },
  ...{ status: null, refusal: null, request_id: "r1" },
};

Deno.test("an entry that was cut off is no part of the next one", async () => {
  const layout = volumeLayout(await Deno.makeTempDir());
  const log = createFileAuditLog(layout, silentDamage(layout));
  try {
    await log.append(ENTRY);
    await Deno.writeTextFile(layout.audit, '{"at": "2030', { append: true });
    await log.append(ENTRY);
    const [first, cut, last] = (await Deno.readTextFile(layout.audit)).trimEnd().split("\n");
    assert.equal(cut, '{"at": "2030');
    assert.equal(last, first);
  } finally {
    await Deno.remove(layout.home, { recursive: true });
  }
});

Deno.test("where nothing can be written, whoever asks is told, and the doctor too", async () => {
  const layout = volumeLayout(await Deno.makeTempDir());
  const damage = createDamage(layout, () => {}, []);
  const log = createFileAuditLog(layout, damage);
  try {
    await Deno.mkdir(layout.audit, { recursive: true });
    await assert.rejects(log.append(ENTRY), { name: "StoredFileDamaged" });
    assert.deepEqual(damage.list().map(({ path }) => path), ["access/audit.jsonl"]);
    await Deno.remove(layout.audit);
    await log.append(ENTRY);
    assert.deepEqual(damage.list(), []);
  } finally {
    await Deno.remove(layout.home, { recursive: true });
  }
});
