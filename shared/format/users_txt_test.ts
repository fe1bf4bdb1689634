import assert from "node:assert/strict";
import { parseUsers } from "./users_txt.ts";

Deno.test("parseUsers: a group and its members", () => {
  const expected = {
    group: { name: "mammo", gid: 2000 },
    users: [{ name: "anna", uid: 1001 }, { name: "bert_2", uid: 1002 }],
  };
  assert.deepStrictEqual(parseUsers("mammo,2000\nanna,1001\nbert_2,1002\n"), expected);
  assert.deepStrictEqual(
    parseUsers("\ufeff\r\nmammo,2000\r\n\r\nanna,1001\r\nbert_2,1002"),
    expected,
  );
});

Deno.test("parseUsers: names the line that is wrong", () => {
  const refused: [string, RegExp][] = [
    ["", /empty/],
    ["\n\n", /empty/],
    ["mammo,2000\n", /there is no user after/],
    ["mammo,2000\nanna, 1001\n", /line 2 is not "name,number"/],
    ["mammo,2000\nanna 1001\n", /line 2/],
    ["mammo,2000\n\nanna,x\n", /line 3/],
    ["mammo,2000\n-rf,1001\n", /line 2/],
    ["mammo,2000\nroot,0\n", /line 2 has the id 0/],
    ["mammo,2147483647\nanna,1\n", /line 1 has the id 2147483647/],
    ["mammo,2000\nanna,1001\nanna,1002\n", /line 3 repeats the user name anna/],
    ["mammo,2000\nanna,1001\nbert,1001\n", /line 3 repeats the user id 1001/],
  ];
  for (const [text, message] of refused) {
    assert.throws(() => parseUsers(text), { name: "SyntaxError", message }, JSON.stringify(text));
  }
});
