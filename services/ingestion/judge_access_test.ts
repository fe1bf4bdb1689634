import assert from "node:assert/strict";
import type { ImageGlance } from "./image_source.ts";
import { type ContainerUser, judgeAccess } from "./judge_access.ts";

const RUNNER = { uid: 10_001, gid: 10_001 };
const OPEN = { mode: 0o100_644, uid: 0, gid: 0 };
const FOLDER = { mode: 0o40_755, uid: 0, gid: 0, path: "sub" };

function judged(
  access: ImageGlance["access"],
  users: readonly Partial<ContainerUser>[],
): ReturnType<typeof judgeAccess> {
  return judgeAccess(
    "a.png",
    { access },
    users.map((one) => ({ user: RUNNER, closed: null, ...one })),
  );
}

Deno.test("judgeAccess: looks with the eyes of the container's user, at the file and at each folder", () => {
  const cases: [string, ImageGlance["access"], RegExp | null][] = [
    ["open to all", [OPEN, FOLDER], null],
    ["0600 of root", [{ ...OPEN, mode: 0o100_600 }, FOLDER], /mode is 0600 \(of 0:0\); chmod o\+r/],
    ["0600 of its own", [{ mode: 0o100_600, uid: 10_001, gid: 0 }, FOLDER], null],
    ["its own, but closed to itself", [{ mode: 0o100_044, uid: 10_001, gid: 0 }], /mode is 044/],
    ["0640 of its group", [{ mode: 0o100_640, uid: 0, gid: 10_001 }, FOLDER], null],
    ["0640 of another group", [{ mode: 0o100_640, uid: 0, gid: 7 }, FOLDER], /mode is 0640/],
    [
      "a folder of 0700",
      [OPEN, FOLDER, { ...FOLDER, mode: 0o40_700 }],
      /the folder sub has mode 0700 .* o\+x/,
    ],
    ["a folder that cannot be listed", [OPEN, { ...FOLDER, mode: 0o40_711 }], null],
  ];
  for (const [name, access, text] of cases) {
    const complaint = judged(access, [{}]);
    assert.equal(complaint?.code ?? null, text === null ? null : "image_closed", name);
    if (text !== null) assert.match(complaint!.text, text, name);
  }
  const root = [{ ...OPEN, mode: 0o100_600 }] as const;
  assert.equal(judged(root, []), null, "models run as the service itself");
  const users = [{ user: { ...RUNNER, uid: 0 } }, {}];
  assert.match(judged(root, users)!.text, /run as 10001:10001/);
});

Deno.test("judgeAccess: what the kernel says goes before the mode", () => {
  const closed = new Set(["a.png"]);
  const shut = [{ ...OPEN, mode: 0o100_600 }, FOLDER] as const;
  assert.equal(judged(shut, [{ closed: new Set() }]), null, "an access control list grants it");
  assert.match(judged([OPEN, FOLDER], [{ closed }])!.text, /access control list/);
  assert.match(judged(shut, [{ closed }])!.text, /its mode is 0600/);
});
