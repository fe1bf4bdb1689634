import assert from "node:assert/strict";
import { volumeLayout } from "../../../shared/volume/mod.ts";
import type { AuditEntry } from "./audit_log.ts";
import { createFileAuditLog } from "./file_audit_log.ts";

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
    await createFileAuditLog(layout).append(entry);
    await createFileAuditLog(layout).append({ ...entry, user: null });
    const text = await Deno.readTextFile(layout.audit);
    assert.match(text, /^[ -~\n]*$/, "what could not be seen, or would be acted on, is escaped");
    const lines = text.trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line)), [entry, { ...entry, user: null }]);
    assert.equal((await Deno.stat(layout.audit)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(layout.home, { recursive: true });
  }
});
