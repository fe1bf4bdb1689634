import assert from "node:assert/strict";
import { differenceFromOutput } from "./compare_output.ts";
import { readAnchors, readBlocks, readLinks } from "./markdown.ts";

const DOCUMENT = `# A title, *with* words

<!-- test: curl -->
\`\`\`sh
curl x   # [no](link.md)
\`\`\`

- a list
  <!-- test: json data-list -->
  \`\`\`json
  {"a":
    1}
  \`\`\`

\`\`\`
bare
\`\`\`

See [here](there.md#part), \`[not](this.md)\` and ![this](a.png).
## A title with words
## A title with words
`;

Deno.test("blocks: language, text without indentation, kind and argument", () => {
  assert.deepEqual(readBlocks(DOCUMENT), [
    { line: 4, language: "sh", text: "curl x   # [no](link.md)\n", kind: "curl", argument: "" },
    { line: 10, language: "json", text: '{"a":\n  1}\n', kind: "json", argument: "data-list" },
    { line: 15, language: "", text: "bare\n", kind: null, argument: "" },
  ]);
  assert.throws(() => readBlocks("```sh\nls"), SyntaxError);
});

Deno.test("links and anchors stand outside of code", () => {
  assert.deepEqual(readLinks(DOCUMENT), [
    { line: 19, target: "there.md#part" },
    { line: 19, target: "a.png" },
  ]);
  assert.deepEqual([...readAnchors(DOCUMENT)], [
    "a-title-with-words",
    "a-title-with-words-1",
    "a-title-with-words-2",
  ]);
});

Deno.test("an output may leave out what changes, and nothing else", () => {
  const matches = (expected: string, said: string, language = ""): boolean =>
    differenceFromOutput(expected, said, language) === null;
  assert.ok(matches("a …\nlast\n", "a 17 b\nc\nlast"));
  assert.ok(!matches("a …\nlast\n", "a 17 b\nlast one"));
  assert.ok(matches("a\n…\nlast\n", "a\nlast") && matches("a\n…\nlast\n", "a\nb\nc\nlast"));
  assert.ok(!matches("a\n…\nlast\n", "ab\nlast") && !matches("a\n…\nb\n", "a\nxb"));
  assert.ok(!matches("a\n", "b a"));
  assert.ok(matches('{"a": 1,\n "b": …}', '{"a":1,"b":[2,3]}', "json"));
  assert.ok(!matches('{"a": 2,\n "b": …}', '{"a":1,"b":[2,3]}', "json"));
  assert.match(differenceFromOutput("a\nb\n", "a\nc\n", "")!, /line 2/);
});
