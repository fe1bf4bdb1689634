import assert from "node:assert/strict";
import { parseConfig } from "./config_txt.ts";

Deno.test("parseConfig: the metarepository's form", () => {
  const text = [
    "# Essential arguments",
    'CONTAINER_PREDICT_PATH="/home/GMIC"',
    "",
    "# Other arguments",
    "MODEL_INDEX='ensemble'",
    "MODEL=inbreast_vgg16_[512-512-1024]x2_hybrid.h5",
    "EMPTY=",
    'SPACED = "a b=c" # why',
    "PLAIN=x#y # why",
    "",
  ];
  const expected = {
    predictPath: "/home/GMIC",
    parameters: [
      { name: "MODEL_INDEX", value: "ensemble" },
      { name: "MODEL", value: "inbreast_vgg16_[512-512-1024]x2_hybrid.h5" },
      { name: "EMPTY", value: "" },
      { name: "SPACED", value: "a b=c" },
      { name: "PLAIN", value: "x#y" },
    ],
  };
  assert.deepStrictEqual(parseConfig(text.join("\n")), expected);
  assert.deepStrictEqual(parseConfig("\ufeff" + text.join("\r\n")), expected);
});

Deno.test("parseConfig: the path becomes absolute and plain", () => {
  for (const path of ["home/end2end", "/home/end2end/", "//home/./end2end", '"home/end2end"']) {
    assert.equal(parseConfig(`CONTAINER_PREDICT_PATH=${path}\n`).predictPath, "/home/end2end");
  }
});

Deno.test("parseConfig: names the line that is wrong", () => {
  const refused: [string, RegExp][] = [
    ["", /CONTAINER_PREDICT_PATH is missing/],
    ["CONTAINER_PREDICT_PATH=/\n", /empty or the root/],
    ["CONTAINER_PREDICT_PATH=\n", /empty or the root/],
    ["CONTAINER_PREDICT_PATH=/home/../etc\n", /line 1.*contains/],
    ["CONTAINER_PREDICT_PATH=/home/a:/etc\n", /colon/],
    ["CONTAINER_PREDICT_PATH=/a\nwhatever\n", /line 2 is not NAME=value/],
    ["CONTAINER_PREDICT_PATH=/a\n2A=1\n", /line 2/],
    ["CONTAINER_PREDICT_PATH=/a\nA=1\nA=2\n", /line 3 sets A a second time/],
    ['CONTAINER_PREDICT_PATH=/a\nA="1\n', /line 2 has an unclosed quote/],
    ["CONTAINER_PREDICT_PATH=/a\nA=1\x002\n", /line 2 has a control character/],
  ];
  for (const [text, message] of refused) {
    assert.throws(() => parseConfig(text), { name: "SyntaxError", message }, JSON.stringify(text));
  }
});
