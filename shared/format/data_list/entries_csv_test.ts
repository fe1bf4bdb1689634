import assert from "node:assert/strict";
import { csvOfEntries } from "./csv_of_entries.ts";
import { readDataList } from "./mod.ts";

function read(...lines: string[]): ReturnType<typeof readDataList> {
  return readDataList(new TextEncoder().encode(lines.join("\n")), "csv");
}

Deno.test("CSV: one row an exam", () => {
  const { exams, errors, warnings } = read(
    "\ufeffexam_id,L-CC,R-CC,L-MLO,left_malignant,right_malignant,horizontal_flip,age,density,left_benign,site\r",
    "007,a1; sub/a2,b,,0,1,NO,61,b,1,0123\r",
    '008,,"c;d",e.png,0,0,,,,0,4567',
  );
  assert.deepStrictEqual(errors, []);
  assert.deepStrictEqual(warnings.map(({ code, row }) => [code, row]), [["image_extension", 3]]);
  assert.deepStrictEqual(exams, [
    {
      index: 0,
      id: "007",
      images: { "L-CC": ["a1", "sub/a2"], "R-CC": ["b"], "L-MLO": [], "R-MLO": [] },
      malignant: { left: 0, right: 1 },
      horizontalFlip: false,
      extras: {
        exam_id: "007",
        "cancer_label.left_benign": 1,
        age: 61,
        density: "b",
        site: "0123",
      },
    },
    {
      index: 1,
      id: "008",
      images: { "L-CC": [], "R-CC": ["c", "d"], "L-MLO": ["e"], "R-MLO": [] },
      malignant: { left: 0, right: 0 },
      horizontalFlip: null,
      extras: {
        exam_id: "008",
        "cancer_label.left_benign": 0,
        age: null,
        density: null,
        site: "4567",
      },
    },
  ]);
});

Deno.test("CSV: column malignant stands in where nobody knows the side, and goes there and back", () => {
  const alone = read("exam_id,malignant,score_of_age", "a,1,3", "b,0,4");
  assert.deepEqual(alone.errors, []);
  const beside = read(
    "exam_id,L-CC,left_malignant,right_malignant,malignant",
    "a,x,,,1",
    "b,y,0,1,1",
    "c,z,0,0,",
  );
  assert.deepEqual(beside.errors, []);
  const sides = ({ exams }: typeof beside): unknown[] =>
    exams.map(({ malignant: { left, right } }) => [left, right]);
  assert.deepEqual(sides(alone), [[null, null], [0, 0]]);
  assert.deepEqual(sides(beside), [[null, null], [0, 1], [0, 0]]);
  const again = readDataList(new TextEncoder().encode(csvOfEntries(beside.entries)), "csv");
  assert.deepEqual([sides(again), again.errors], [sides(beside), []]);
});

Deno.test("CSV: labels as pandas writes them, faults with their line", () => {
  const { exams, errors } = read(
    ",L-CC,left_malignant,right_malignant",
    "0,a,0.0,1.0",
    "1,b,nan,2",
    "2,c,,0",
  );
  assert.deepStrictEqual(exams.map(({ malignant }) => malignant), [{ left: 0, right: 1 }]);
  assert.deepStrictEqual(errors.map(({ code, row, field }) => [code, row, field]), [
    ["label_invalid", 3, "right_malignant"],
    ["label_missing", 4, "cancer_label.left_malignant"],
  ]);
  const booleans = read("L-CC,left_malignant,right_malignant", "a,True,False");
  assert.deepStrictEqual(booleans.exams[0]?.malignant, { left: 1, right: 0 });
});

Deno.test("CSV: one row an image", () => {
  const { exams, errors } = read(
    "exam_id,image,view,left_malignant,right_malignant,age,kvp",
    "x,a,L-CC,0,1,61,30",
    "y,d,R-MLO,0,0,50,28",
    "x,b,R_CC,0,1,61,31",
    "x,c,l-cc,0,1,61,30",
  );
  assert.deepStrictEqual(errors, []);
  assert.deepStrictEqual(exams, [
    {
      index: 0,
      id: "x",
      images: { "L-CC": ["a", "c"], "R-CC": ["b"], "L-MLO": [], "R-MLO": [] },
      malignant: { left: 0, right: 1 },
      horizontalFlip: null,
      extras: { exam_id: "x", age: 61, kvp: [30, 31, 30] },
    },
    {
      index: 1,
      id: "y",
      images: { "L-CC": [], "R-CC": [], "L-MLO": [], "R-MLO": ["d"] },
      malignant: { left: 0, right: 0 },
      horizontalFlip: null,
      extras: { exam_id: "y", age: 50, kvp: 28 },
    },
  ]);
});

Deno.test("CSV: one row an image, laterality apart and the label of the breast shown", () => {
  const header = "exam_id,image,laterality,view,malignant";
  const { exams, errors } = read(header, "x,a,L,CC,0", "x,b,right,MLO,1", "y,c,left,CC,1");
  assert.deepStrictEqual(
    exams.map(({ id, images, malignant }) => [id, images["R-MLO"], malignant]),
    [
      ["x", ["b"], { left: 0, right: 1 }],
    ],
  );
  assert.deepStrictEqual(errors.map(({ code, exam, row, field }) => [code, exam, row, field]), [
    ["label_missing", "y", 4, "cancer_label.right_malignant"],
  ]);
});

Deno.test("CSV: one row an image, every row with a fault is named, the others are read", () => {
  const { exams, faultyExams, errors } = read(
    "exam_id,image,laterality,view,malignant",
    "x,a,L,CC,0",
    "x,b,R,CC,0",
    "x,c,L,MLO,1",
    ",d,L,CC,0",
    "x,,L,CC,0",
    "y,e,L,XCCL,0",
    "y,f,R,L-CC,0",
  );
  assert.deepStrictEqual(exams.map(({ id, malignant }) => [id, malignant]), [
    ["x", { left: 0, right: 0 }],
  ]);
  assert.deepStrictEqual(faultyExams.map(({ id }) => id), ["y"]);
  assert.deepStrictEqual(
    errors.map(({ code, row, exam, view, image, field }) => [code, row, exam, view, image, field]),
    [
      ["label_contradiction", 4, "x", "L-MLO", "c", "left_malignant"],
      ["row_exam_missing", 5, null, null, null, "exam_id"],
      ["row_image_missing", 6, "x", null, null, "image"],
      ["row_view_invalid", 7, "y", null, "e", "view"],
      ["row_view_invalid", 8, "y", null, "f", "view"],
      ["cancer_label_missing", 7, "y", null, null, "cancer_label"],
    ],
  );
  const [first] = read("exam_id,image,view,malignant", ",a,L-CC,0").errors;
  assert.deepStrictEqual(first?.code, "row_exam_missing", "and not that there is no exam");
});

Deno.test("CSV: one wrong label among thousands is the one fault, with line, column and exam", () => {
  const many = Array.from({ length: 3000 }, (_, index) => index);
  const lists: [header: string, row: (index: number) => string, wrong: string, field: string][] = [
    [
      "exam_id,L-CC,left_malignant,right_malignant",
      (i) => `e${i},a${i},${i % 2},0`,
      "e,b,0,no",
      "right_malignant",
    ],
    [
      "exam_id;L-CC;left_malignant;right_malignant",
      (i) => `e${i};a${i};0,0;1,0`,
      "e;b;ja;0,0",
      "left_malignant",
    ],
    [
      "exam_id,image,view,left_malignant,right_malignant",
      (i) => `e${i},a${i},L-CC,True,False`,
      "e,b,L-CC,2,False",
      "left_malignant",
    ],
    [
      "exam_id,image,view,malignant",
      (i) => `e${i >> 1},a${i},${i % 2 ? "L-CC" : "R-CC"},1`,
      "e0,b,L-MLO,benign",
      "malignant",
    ],
  ];
  for (const [header, row, wrong, field] of lists) {
    const { errors } = read(header, ...many.map(row), wrong);
    assert.deepEqual(errors.map((fault) => [fault.code, fault.row, fault.field, fault.exam]), [
      ["label_invalid", 3002, field, wrong.slice(0, wrong.search(/[,;]/))],
    ]);
    assert.match(errors[0]!.message, new RegExp(`^Line 3002, column ${field} is `));
  }
});

Deno.test("CSV: identifiers that a spreadsheet has rounded are named", () => {
  const { errors } = read(
    "exam_id,L-CC,left_malignant,right_malignant",
    "1.23457E+12,a,0,0",
    "12,2E+15,0,0",
  );
  assert.deepEqual(errors.map(({ code, row, field }) => [code, row, field]), [
    ["key_rounded", 2, "exam_id"],
    ["key_rounded", 3, "L-CC"],
  ]);
});

Deno.test("CSV: what cannot be read as a whole", () => {
  const refused: [string[], RegExp][] = [
    [["a,b", "1,2"], /no column is called L-CC, R-CC, L-MLO, R-MLO or image/],
    [["exam_id;L-CC;left_malignant", "x;a;0"], /column right_malignant is missing/],
    [["L-CC,left_malignant", "a,0"], /column right_malignant is missing/],
    [["L-CC,L-CC,left_malignant,right_malignant", "a,b,0,0"], /"L-CC" is repeated/],
    [["L-CC,left_malignant,right_malignant", "a,0"], /line 2 has 2 cells/],
    [["image,view,malignant", "a,L-CC,0"], /column exam_id is missing/],
    [["exam_id,image,view", "x,a,L-CC"], /column malignant is missing/],
  ];
  for (const [lines, message] of refused) {
    assert.throws(() => read(...lines), { name: "SyntaxError", message });
  }
  assert.deepStrictEqual(
    read("L-CC,left_malignant,right_malignant").errors[0]?.code,
    "data_list_empty",
  );
});
