import assert from "node:assert/strict";
import fc from "fast-check";
import { tableText } from "./table_text.ts";
import { type Cell, defuseFormulas, readTable, writeTable } from "./csv.ts";

Deno.test("readTable: CRLF, byte order mark, empty lines and no last newline are fine", () => {
  const table = readTable('\ufeff a ,b\r\n1,"x\ny"\r\n\r\n2,"say ""so"""');
  assert.deepStrictEqual(table.columns, ["a", "b"]);
  assert.deepStrictEqual(table.rows, [
    { line: 3, cells: ["1", "x\ny"] },
    { line: 5, cells: ["2", 'say "so"'] },
  ]);
});

Deno.test("readTable: refuses what would silently be misread", () => {
  const refused: [string, RegExp][] = [
    ["", /empty/],
    ["\n\n", /empty/],
    ["a,b,a\n1,2,3\n", /column "a" is repeated/],
    ["a, a\n1,2\n", /column "a" is repeated/],
    ["a,,b\n1,2,3\n", /column 2 has no name/],
    ["a,b\n1,2,,3\n", /line 2 has 4 cells, the header has 2/],
    ["a,,\n1,,3\n", /column 3 has no name, but line 2 has a value in it/],
    ["PK\u0003\u0004\u0014\0", /Excel workbook/],
    ["a\0,\0b\0", /not UTF-8 text/],
    ["a,b\n1,2\n1,2,3\n", /line 3 has 3 cells, the header has 2/],
    ["a,b\n1\n", /line 2 has 1 cells/],
    ['a,b\n1,"x', /line 2 has a quote that is never closed/],
    ['a,b\n1,x"y\n', /line 2 has a quote in the middle/],
    ['a,b\n1,"x"y\n', /line 2 has text after a closing quote/],
  ];
  for (const [text, message] of refused) {
    assert.throws(() => readTable(text), { name: "SyntaxError", message }, JSON.stringify(text));
  }
});

Deno.test("readTable: one table in all habits of pandas and spreadsheets", () => {
  const plain = "id,score,site\nx,0.5,a\ny,1e-3,\n";
  const habits: [name: string, text: string][] = [
    ["CRLF and a byte order mark", "\ufeff" + plain.replaceAll("\n", "\r\n")],
    ["semicolons and decimal comma", "id;score;site\nx;0,5;a\ny;1e-3;\n"],
    ["tabs and decimal comma", "id\tscore\tsite\nx\t0,5\ta\ny\t1e-3\t\n"],
    ["quoted names", '"id","score","site"\n"x","0.5","a"\n"y","1e-3",""\n'],
    ["stated delimiter", "sep=;\nid;score;site\nx;0,5;a\ny;1e-3;\n"],
    ["stated delimiter after a mark", "\ufeffsep=,\r\n" + plain],
    ["empty columns at the end", plain.replaceAll("\n", ",,\n")],
    ["empty columns under a plain header", "id,score,site\nx,0.5,a,,\ny,1e-3,,,\n"],
    ["empty rows at the end", plain + ",,\n,,\n"],
    ["an empty column between", "id,,score,site\nx,,0.5,a\ny,,1e-3,\n"],
    ["an empty first column", ",id,score,site\n,x,0.5,a\n,y,1e-3,\n"],
  ];
  for (const [name, text] of habits) {
    const { columns, rows } = readTable(text);
    assert.deepEqual(columns, ["id", "score", "site"], name);
    assert.deepEqual(rows.map(({ cells }) => cells), [["x", "0.5", "a"], ["y", "1e-3", ""]], name);
  }
  assert.equal(readTable("sep=;\na;b\n1;2\n").rows[0]!.line, 3, "lines are those of the file");
});

Deno.test("readTable: an index without a name is a column without a name", () => {
  assert.deepStrictEqual(readTable(",a\n0,x\n").columns, ["", "a"]);
  assert.deepStrictEqual(readTable("Unnamed: 0,a\n0,x\n").columns, ["", "a"]);
  assert.throws(() => readTable("a,\nx,0\n"), /column 2/);
});

Deno.test("readTable: a comma that may divide thousands is no decimal comma", () => {
  const cells = (text: string): unknown => readTable(text).rows.map(({ cells }) => cells[1]);
  assert.deepEqual(cells("a;b\nx;1,5\ny;no\n"), ["1.5", "no"], "each cell is judged alone");
  assert.deepEqual(cells("a;b\nx;1,500\ny;1.5\n"), ["1,500", "1.5"]);
  assert.deepEqual(cells('a,b\nx,"1,5"\n'), ["1,5"]);
});

Deno.test("readTable: empty rows do not count among the rows that matter", () => {
  const { rows } = readTable("a,b\n,\n1,2\n,\n3,4\n5,6\n7,8\n", { rowsMax: 2 });
  assert.deepEqual(rows.map(({ cells }) => cells[0]), ["1", "3", "5"]);
});

Deno.test("readTable: names like __proto__ are names", () => {
  assert.deepStrictEqual(readTable("__proto__,constructor\n1,2\n").columns, [
    "__proto__",
    "constructor",
  ]);
});

Deno.test("writeTable: what is read is what was written", () => {
  const cells = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.double({ noNaN: true })));
  fc.assert(fc.property(cells, (rows) => {
    const written = rows.map((
      [text, number],
    ): Cell[] => [text, Object.is(number, -0) ? 0 : number]);
    const { rows: read } = readTable(writeTable(["text", "number"], written));
    assert.deepStrictEqual(read.map(({ cells }) => [cells[0], Number(cells[1])]), written);
  }));
});

Deno.test("writeTable: formulas are disarmed on request, numbers stay numbers", () => {
  const rows: Cell[][] = [["=1+1", -0.5, true, null, 7n]];
  const columns = ["a", "b", "c", "d", "e"];
  assert.equal(writeTable(columns, rows), "a,b,c,d,e\n=1+1,-0.5,true,,7\n");
  assert.equal(
    writeTable(columns, rows, { escapeFormulas: true }),
    "a,b,c,d,e\n'=1+1,-0.5,true,,7\n",
  );
  assert.throws(() => writeTable(["a"], [[1, 2]]), TypeError);
});

Deno.test("defuseFormulas: what a spreadsheet would run becomes text, numbers stay numbers", () => {
  const kept = 'a,b\n-0.5,+1e-3\n-.5,-1.\n"-2",x=y\n,\n1_L-CC,a@b\r\n';
  assert.equal(defuseFormulas(kept), kept);
  assert.equal(
    defuseFormulas('=1+1,@SUM(A1)\r\n-1+cmd|\' /C calc\'!A0,"=HYPERLINK(""x"")"\n+x,-\n\tz,1\n'),
    "'=1+1,'@SUM(A1)\r\n'-1+cmd|' /C calc'!A0,\"'=HYPERLINK(\"\"x\"\")\"\n'+x,'-\n'\tz,1\n",
  );
  const wide = "\uff1d1,\uff0bx,\uff0dx,\uff20x\n";
  assert.equal(defuseFormulas(wide), "'\uff1d1,'\uff0bx,'\uff0dx,'\uff20x\n");
  assert.equal(defuseFormulas('a;=1,"b\r=2", =3\n'), "a;'=1,\"b\r'=2\",' =3\n");
  assert.equal(defuseFormulas("a;-1, -0.5 ,-\n"), "a;-1, -0.5 ,'-\n");
});

Deno.test("defuseFormulas takes linear time: long runs of blanks, tabs and digits are passed once", () => {
  const many = 400_000;
  for (
    const run of ["\t".repeat(many), " ".repeat(many), `${"\t ".repeat(many)}+${"1".repeat(many)}x`]
  ) {
    const defused = defuseFormulas(run);
    assert.equal(defused.replaceAll("'", ""), run);
  }
  assert.equal(defuseFormulas(`+${"1".repeat(many)}`), `+${"1".repeat(many)}`);
  assert.equal(defuseFormulas(`+${"1".repeat(many)}x`), `'+${"1".repeat(many)}x`);
});

Deno.test("tableText: a file of another kind is named for what it is, whatever its name", () => {
  const kinds: [beginning: string, kind: RegExp][] = [
    ["PK\x03\x04", /Excel workbook/],
    ["PAR1", /Parquet/],
    ["ARROW1", /Feather/],
    ["\x89HDF", /HDF5/],
    ["BZh9", /bzip2/],
    ["\xfd7zXZ", /xz/],
    ["(\xb5/\xfd", /zstd/],
    ["%PDF-1.4", /PDF/],
    ["\x80\x04\x95", /pickle/],
    ["<html>", /HTML/],
    ["exam_id,site\n1,M\xfcnchen\n", /line 2 is not UTF-8/],
  ];
  for (const [beginning, kind] of kinds) {
    const bytes = Uint8Array.from(beginning, (letter) => letter.charCodeAt(0));
    assert.throws(() => tableText(bytes, "the labels"), kind);
  }
});
