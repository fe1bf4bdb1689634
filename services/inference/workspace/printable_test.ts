import assert from "node:assert/strict";
import { printable } from "../engine/command.ts";

Deno.test("printable: what a terminal would act on is no part of a log", () => {
  const lines: [printed: string, kept: string][] = [
    [
      "plain text\twith a tab, größe, 画像, 45%|####  |",
      "plain text\twith a tab, größe, 画像, 45%|####  |",
    ],
    ["\x1b[31mred\x1b[0m and \x1b[1;38;5;208mbold\x1b[m", "red and bold"],
    ["\x1b]0;rm -rf /\x07title", "title"],
    ["\x1b]8;;http://evil/\x1b\\link\x1b]8;;\x1b\\", "link"],
    ["\x1b[2J\x1b[1;1Hfaked screen", "faked screen"],
    ["\x1bc\x1b(Breset", "reset"],
    ["\x9b31mone byte", "one byte"],
    ["a\x08b\x00c\x7fd\x85e", "a\ufffdb\ufffdc\ufffdd\ufffde"],
    ["exam \u202e1 ton", "exam \ufffd1 ton"],
    ["cut off \x1b", "cut off \ufffd"],
    ["cut off \x1b[31", "cut off 31"],
  ];
  for (const [printed, kept] of lines) assert.equal(printable(printed), kept);
});
