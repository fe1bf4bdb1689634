import assert from "node:assert/strict";
import { parseUsers } from "./format/mod.ts";
import { siteUsers } from "./site_users.ts";

const ROOT = { uid: 0, gid: 0 };

Deno.test("the first user of users.txt runs containers, with the group's id", () => {
  const users = siteUsers("readers,4000\nanna,2001\nbert,2002\n", ROOT);
  assert.equal(users.groupName, "readers");
  assert.deepEqual(users.runner, { uid: 2001, gid: 4000 });
});

Deno.test("a caller that users.txt names runs as that user, others as the first", () => {
  const { runnerOf } = siteUsers("readers,4000\nanna,2001\nbert,2002\n", ROOT);
  assert.deepEqual(runnerOf("bert"), { uid: 2002, gid: 4000 });
  assert.deepEqual(runnerOf("local"), { uid: 2001, gid: 4000 });
  assert.deepEqual(siteUsers(null, ROOT).runnerOf("bert"), { uid: 10_001, gid: 10_001 });
});

Deno.test("the template is a users.txt that can be used", async () => {
  const text = await Deno.readTextFile(new URL("../template_users.txt", import.meta.url));
  assert.ok(siteUsers(text, ROOT).runner.uid > 0);
});

Deno.test("without users.txt it is mammoeval's own user, or 10001 when that is root", () => {
  assert.deepEqual(siteUsers(null, { uid: 1000, gid: 1001 }).runner, { uid: 1000, gid: 1001 });
  assert.deepEqual(siteUsers(null, ROOT).runner, { uid: 10_001, gid: 10_001 });
  assert.deepEqual(siteUsers(null, { uid: 1000, gid: 0 }).runner, { uid: 1000, gid: 10_001 });
});

Deno.test("the stand-in for users.txt is a users.txt that says the same", () => {
  const { text, groupName, runner } = siteUsers(null, ROOT);
  const { group, users } = parseUsers(text);
  assert.equal(group.name, groupName);
  assert.deepEqual({ uid: users[0]?.uid, gid: group.gid }, runner);
});

Deno.test("root is never accepted, nor is a group without users", () => {
  for (const text of ["g,0\na,5\n", "g,5\nroot,0\n", "g,5\n", "", "g,5\na, 6\n"]) {
    assert.throws(() => siteUsers(text, ROOT), /users\.txt/, JSON.stringify(text));
  }
});
