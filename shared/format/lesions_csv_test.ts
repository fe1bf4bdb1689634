import assert from "node:assert/strict";
import { LESIONS_PER_IMAGE_MAX } from "../limits.ts";
import { readLesions, writeLesions } from "./lesions_csv.ts";

const HEADER = "image_index,x0,y0,x1,y1,score\n";
const SIZES = new Map([["a", { width: 20, height: 10 }], ["sub/b,c", { width: 5, height: 5 }]]);

function read(rows: string): ReturnType<typeof readLesions> {
  return readLesions(HEADER + rows, (image) => SIZES.get(image) ?? null);
}

Deno.test("lesions are read as they are written", () => {
  const lesions = read('a,0,0,20,10,1\n"sub/b,c",1.5,2,3.25,4,1e-7\n');
  assert.deepEqual(lesions[1], { image: "sub/b,c", x0: 1.5, y0: 2, x1: 3.25, y1: 4, score: 1e-7 });
  const text = writeLesions(lesions);
  assert.deepEqual(readLesions(text, (image) => SIZES.get(image) ?? null), lesions);
  assert.deepEqual(read("a.png, 0,0,1,1,0.5\n".replace(" ", ""))[0]?.image, "a");
  assert.equal(writeLesions([]), HEADER);
});

Deno.test("what cannot be a lesion is refused with its line", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["z,0,0,1,1,0.5\n", /line 2: there is no image z/],
    [
      "a,0,0,1,1,0.5\na,0,0,21,1,0.5\n",
      /line 3: the box 0, 0, 21, 1 is outside image a of 20 x 10/,
    ],
    ["a,-1,0,1,1,0.5\n", /is outside/],
    ["a,3,0,3,1,0.5\n", /is outside/],
    ["a,0,5,1,4,0.5\n", /is outside/],
    ["a,0,0,1,1,1.01\n", /column score: 1.01 is not between 0 and 1/],
    ["a,0,0,1,nan,0.5\n", /line 2, column y1: "nan" is no number/],
    ["a,0,0,1,,0.5\n", /column y1/],
    ["a,0x1,0,2,2,0.5\n", /column x0/],
    ["a,0,0,1,1\n", /line 2 has 5 cells/],
    ["a,0,0,1,1,0.5\n".repeat(LESIONS_PER_IMAGE_MAX + 1), /over 300 lesions/],
  ];
  for (const [rows, message] of wrong) assert.throws(() => read(rows), message, rows);
  assert.throws(
    () => readLesions("image_index,x0\n", () => null),
    /columns are image_index, x0; they must be image_index, x0, y0, x1, y1, score/,
  );
});
