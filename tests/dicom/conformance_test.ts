import assert from "node:assert/strict";
import { join } from "node:path";
import { greysOf } from "../../services/ingestion/dicom/convert_image.ts";
import { TAGS } from "../../services/ingestion/dicom/tags.ts";
import { TRANSFER_SYNTAXES } from "../../services/ingestion/dicom/transfer_syntaxes.ts";
import { hasDicomTools, runPython } from "../support/tools.ts";

/**
 * Every transfer syntax × bits × photometric interpretation × grey pipeline, in files that dcmtk and
 * gdcm have packed, against pydicom. They are made anew in each run, in seconds: so the oracle is
 * pydicom itself and not what it once said.
 *
 * `deno test -A tests/dicom/conformance_test.ts -- --write` writes the table into docs/dicom.md.
 */

interface Cell {
  readonly name: string;
  readonly uid: string;
  readonly lossless: boolean;
  readonly bits: string;
  readonly photometric: string;
  readonly voi: string;
  readonly window: string | null;
}

/** A file that breaks the standard. */
interface Broken {
  readonly name: string;
  readonly kind: string;
  /** Whether pydicom reads its pixels. */
  readonly pydicom: boolean;
}

interface Manifest {
  readonly cells: readonly Cell[];
  readonly broken: readonly Broken[];
}

const DOCUMENT = new URL("../../docs/dicom.md", import.meta.url);
const BEGIN = "<!-- table: conformance -->";
const END = "<!-- end of table -->";

async function difference(
  folder: string,
  { name, window = null }: { readonly name: string; readonly window?: string | null },
): Promise<number> {
  const { greys } = await greysOf(await Deno.readFile(join(folder, `${name}.dcm`)), window);
  const raw = await Deno.readFile(join(folder, `${name}.raw`));
  const expected = new Uint16Array(raw.buffer);
  assert.equal(greys.length, expected.length, name);
  return expected.reduce((most, grey, index) => Math.max(most, Math.abs(grey - greys[index]!)), 0);
}

/** A Markdown table: how many cells of each kind are exact. */
function table(
  head: string,
  cells: readonly Cell[],
  rowOf: (cell: Cell) => string,
  verdicts: ReadonlyMap<string, number>,
): string {
  const rows = [...new Set(cells.map(rowOf))];
  const columns = [...new Set(cells.map(({ bits }) => bits))];
  const lines = rows.map((row) => {
    const texts = columns.map((bits) => {
      const here = cells.filter((cell) => rowOf(cell) === row && cell.bits === bits);
      if (here.length === 0) return "–";
      const most = Math.max(...here.map(({ name }) => verdicts.get(name)!));
      return most === 0 ? `exact (${here.length})` : `±${most} (${here.length})`;
    });
    return `| ${row} | ${texts.join(" | ")} |`;
  });
  return [
    `| ${head} | ${columns.join(" | ")} |`,
    `|---|${columns.map(() => "---|").join("")}`,
    ...lines,
  ].join("\n");
}

function tables({ cells, broken }: Manifest, verdicts: ReadonlyMap<string, number>): string {
  const syntaxOf = ({ uid }: Cell): string => `${TRANSFER_SYNTAXES[uid]!.name} (\`${uid}\`)`;
  const voiOf = ({ voi }: Cell): string => voi.replaceAll("_", " ");
  return [
    `${cells.length} files; in parentheses how many of them are behind a cell.`,
    table("transfer syntax × bits", cells, syntaxOf, verdicts),
    table("grey pipeline × bits", cells, voiOf, verdicts),
    [
      "| a file with | pixels | pydicom with `force=True` |\n|---|---|---|",
      ...broken.map(({ kind, pydicom }) =>
        `| ${kind} | exact | ${pydicom ? "the same" : "no pixels"} |`
      ),
    ].join("\n"),
  ].join("\n\n");
}

Deno.test({
  name: "the elements that are read have the numbers of pydicom's dictionary",
  ignore: !hasDicomTools(),
  async fn(): Promise<void> {
    const code = "from pydicom.datadict import keyword_for_tag as k; import sys; " +
      "print([k(int(tag)) for tag in sys.argv[1:]])";
    const { stdout } = await new Deno.Command("/usr/bin/python3", {
      args: ["-c", code, ...Object.values(TAGS).map(String)],
    }).output();
    const names = JSON.parse(new TextDecoder().decode(stdout).replaceAll("'", '"'));
    assert.deepEqual(names, Object.keys(TAGS));
  },
});

Deno.test({
  name: "pixels are those of pydicom, whatever the transfer syntax, bits and grey pipeline",
  ignore: !hasDicomTools(),
  async fn(t): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-dicom-" });
    try {
      await runPython(new URL("make_conformance.py", import.meta.url), [folder]);
      const text = await Deno.readTextFile(join(folder, "manifest.json"));
      const manifest: Manifest = JSON.parse(text);
      const { cells, broken } = manifest;
      const verdicts = new Map<string, number>();
      for (const uid of Object.keys(TRANSFER_SYNTAXES)) {
        await t.step(TRANSFER_SYNTAXES[uid]!.name, async () => {
          const here = cells.filter((cell) => cell.uid === uid);
          assert.ok(here.length >= 22, "there are files");
          for (const cell of here) verdicts.set(cell.name, await difference(folder, cell));
          const wrong = here.filter(({ name }) => verdicts.get(name) !== 0);
          assert.deepEqual(wrong.map(({ name }) => `${name}: ±${verdicts.get(name)}`), []);
        });
      }
      for (const { name, kind } of broken) {
        await t.step(kind, async () => assert.equal(await difference(folder, { name }), 0));
      }
      await t.step("docs/dicom.md has the table", () => holdTable(tables(manifest, verdicts)));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function holdTable(wanted: string): Promise<void> {
  const document = await Deno.readTextFile(DOCUMENT);
  const start = document.indexOf(BEGIN) + BEGIN.length;
  const end = document.indexOf(END);
  assert.ok(start >= BEGIN.length && end > start, "the document has no place for the table");
  if (Deno.args.includes("--write")) {
    await Deno.writeTextFile(
      DOCUMENT,
      `${document.slice(0, start)}\n${wanted}\n${document.slice(end)}`,
    );
  } else assert.equal(document.slice(start, end).trim(), wanted);
}
