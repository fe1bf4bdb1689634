import assert from "node:assert/strict";
import { judgeAccess } from "./check_images.ts";

const RUNNER = { uid: 10_001, gid: 10_001 };
const OPEN = { mode: 0o100_644, uid: 0, gid: 0 };
const FOLDER = { mode: 0o40_755, uid: 0, gid: 0 };

Deno.test("judgeAccess: looks with the eyes of the container's user, at the file and at each folder", () => {
  const cases: [string, Parameters<typeof judgeAccess>[0]["access"], RegExp | null][] = [
    ["open to all", [OPEN, FOLDER], null],
    ["0600 of root", [{ ...OPEN, mode: 0o100_600 }, FOLDER], /mode is 0600 \(of 0:0\); chmod o\+r/],
    ["0600 of its own", [{ mode: 0o100_600, uid: 10_001, gid: 0 }, FOLDER], null],
    ["its own, but closed to itself", [{ mode: 0o100_044, uid: 10_001, gid: 0 }], /mode is 044/],
    ["0640 of its group", [{ mode: 0o100_640, uid: 0, gid: 10_001 }, FOLDER], null],
    ["0640 of another group", [{ mode: 0o100_640, uid: 0, gid: 7 }, FOLDER], /mode is 0640/],
    ["a folder of 0700", [OPEN, FOLDER, { ...FOLDER, mode: 0o40_700 }], /folder .* 0700 .* o\+x/],
    ["a folder that cannot be listed", [OPEN, { ...FOLDER, mode: 0o40_711 }], null],
  ];
  for (const [name, access, text] of cases) {
    const complaint = judgeAccess({ access }, [RUNNER]);
    assert.equal(complaint?.code ?? null, text === null ? null : "image_closed", name);
    if (text !== null) assert.match(complaint!.text, text, name);
  }
  const root = [{ ...OPEN, mode: 0o100_600 }] as const;
  assert.equal(judgeAccess({ access: root }, []), null, "models run as the service itself");
  const mine = { ...RUNNER, uid: 0 };
  assert.match(judgeAccess({ access: root }, [mine, RUNNER])!.text, /run as 10001:10001/);
});
