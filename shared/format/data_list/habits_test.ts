import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { PYTHON, works } from "../../../tests/support/tools.ts";
import { entriesOf, readDataList } from "./read.ts";

/** Values that people put into data lists besides plain data, and what is read of them. */
const SCRIPT = `
import collections, datetime, decimal, pathlib, pickle, sys
import pandas as pd
labels = {"left_malignant": 0, "right_malignant": 1}
exam = lambda **more: {"L-CC": ["a"], "cancer_label": dict(labels), **more}
hour = datetime.timezone(datetime.timedelta(hours=-1, minutes=-30))
counted = collections.defaultdict(int, labels)
pickle.dump([
    collections.defaultdict(list, exam(cancer_label=counted)),
    collections.OrderedDict(exam(cancer_label=collections.Counter(labels))),
    exam(a=pd.NA, b=pd.NaT, c=pd.Timestamp("2024-01-02 03:04", tz="UTC"), d=decimal.Decimal("1.20")),
    exam(a=datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.timezone.utc),
         b=datetime.datetime(2024, 1, 2, 3, 4, tzinfo=hour)),
    {**exam(folder=pathlib.PosixPath("/data/x")), "L-CC": [pathlib.PurePosixPath("sub/a")]},
], sys.stdout.buffer, PROTOCOL)
`;
const TABLE = `
import pickle, sys
import pandas as pd
frame = pd.DataFrame({"L-CC": ["a", "b"], "left_malignant": [0, 1], "right_malignant": [0, 0],
    "when": pd.to_datetime(["2024-01-02", None]).tz_localize("Europe/Oslo")})
pickle.dump(frame, sys.stdout.buffer)
`;

async function pickled(script: string): Promise<Uint8Array> {
  const { stdout, success, stderr } = await new Deno.Command(PYTHON, { args: ["-c", script] })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return stdout;
}

Deno.test({
  name:
    "data list: dicts that make what is missing, counts, paths, decimals, NA and dates with a zone",
  ignore: !works(PYTHON, ["-c", "import pandas"]),
  async fn(): Promise<void> {
    for (const protocol of [2, 4]) {
      const bytes = await pickled(SCRIPT.replace("PROTOCOL", String(protocol)));
      const { exams, errors } = readDataList(bytes, "pkl");
      assert.deepEqual(errors, []);
      assert.ok(exams.every(({ malignant }) => malignant.left === 0 && malignant.right === 1));
      assert.deepEqual(exams.map(({ extras }) => extras), [
        {},
        {},
        { a: null, b: null, c: "2024-01-02T03:04:00+00:00", d: 1.2 },
        { a: "2024-01-02T03:04:00+00:00", b: "2024-01-02T03:04:00-01:30" },
        { folder: "/data/x" },
      ]);
      assert.deepEqual(exams[4]!.images["L-CC"], ["sub/a"]);
    }
    const { exams } = readDataList(await pickled(TABLE), "pkl");
    assert.deepEqual(exams.map(({ extras }) => extras.when), ["2024-01-01T23:00:00+00:00", null]);
  },
});

Deno.test("data list: what is named .pkl and is something else is named for what it is", () => {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const others: [bytes: Uint8Array, look: RegExp][] = [
    [gzipSync(text("whatever")), /packed by gzip/],
    [text("BZh91AY"), /packed by bzip2/],
    [text("PK\u0003\u0004\u0014"), /is a zip, as torch\.save/],
    [text("%PDF-1.4"), /is a PDF/],
    [text("<!DOCTYPE html>"), /is HTML/],
    [text('[{"L-CC": ["a"]}]'), /is JSON: name it \.json/],
    [text("\ufeff [\n  {}]"), /is JSON/],
    [text("exam_id,L-CC,left_malignant\n1,a,0\n"), /is CSV: name it \.csv/],
    [text("exam_id;L-CC\r\n1;a\r\n"), /is CSV/],
  ];
  for (const [bytes, look] of others) assert.throws(() => entriesOf(bytes, "pkl"), look);
});

Deno.test("data list: a pickle of protocol 0 whose line ends were changed is named as such", () => {
  const text = "(lp0\n(dp1\nVL-CC\np2\n(lp3\nVa\np4\nasa.";
  const bytes = new TextEncoder().encode(text.replaceAll("\n", "\r\n"));
  assert.throws(() => entriesOf(bytes, "pkl"), /line ends were changed to CRLF.*binary/);
  assert.equal(entriesOf(new TextEncoder().encode(text), "pkl").values.length, 1);
});
