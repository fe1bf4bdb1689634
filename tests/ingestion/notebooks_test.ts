import assert from "node:assert/strict";
import { PYTHON, works } from "../support/tools.ts";
import { convertDataList, readDataList } from "../../shared/format/mod.ts";

/** Data lists as people make them in notebooks: every container and number that Python has for it. */
const PROGRAM = `
import collections, datetime, pickle, sys
import numpy as np
import pandas as pd

frame = pd.DataFrame({
    "left": [0, 1, 0], "right": [1.0, 0.0, 0.0], "age": [61, 50, 47], "site": ["a", "b", None],
    "day": pd.to_datetime(["2020-01-02", "2021-03-04", None]), "kind": pd.Categorical(["x", "y", "x"]),
})
# Series and tables of protocols 0 and 1 are written in a way of their own, which is refused by name.
old = int(sys.argv[2]) < 2
names = ["f1", "f2"] if old else pd.Series(["f1", "f2"])
of = list if old else (lambda column: column)

def exam(index, **more):
    label = {"left_malignant": 0, "right_malignant": 0}
    dict_ = {view: ["%d_%s" % (index, view)] for view in ("L-CC", "R-CC", "L-MLO", "R-MLO")}
    dict_.update(cancer_label=label, horizontal_flip="NO", exam_id="e%d" % index)
    dict_.update(more)
    return dict_

def labels(left, right):
    return {"left_malignant": left, "right_malignant": right}

good = [
    collections.OrderedDict(exam(0, **{"L-CC": ("a1", "a2")})),
    exam(1, **{"L-CC": {"b1"}, "R-CC": frozenset(["b2"]), "L-MLO": None, "R-MLO": []}),
    exam(2, **{"L-CC": np.array(["c1", "c2"]), "R-CC": np.array(["c3"], dtype=object)}),
    exam(3, **{"L-CC": names, "R-CC": names[:0]}),
    exam(4, cancer_label=labels(np.int64(1), np.bool_(False))),
    exam(5, cancer_label=labels(np.float32(0), np.array(1))),
    exam(6, cancer_label=collections.OrderedDict(labels(frame["left"].iloc[1], frame["right"].iloc[0]))),
    exam(7, cancer_label=labels(True, 1.0), unknown=np.nan, big=2**70, raw=b"\\x00\\xff"),
    exam(8, **frame.iloc[0].to_dict(), row=of(frame.iloc[1]), ages=of(frame["age"]), days=of(frame["day"])),
    exam(9, taken=datetime.date(2020, 1, 2), at=datetime.datetime(1999, 12, 31, 23, 59, 58, 7),
         stamp=pd.Timestamp("2024-02-29 01:02:03.5"), never=pd.NaT, boxes=np.zeros((2, 2)), shape=np.array([], dtype="i4"), shared=names),
    exam(10, nested={"deep": [(1, {2, 3}), collections.OrderedDict(a=[np.uint8(4)])]}),
]
bad = [
    exam(0, cancer_label=labels(float("nan"), np.nan)),
    exam(1, cancer_label=labels(np.float64("nan"), pd.NA)),
    exam(2, cancer_label=labels(None, 2)),
    exam(3, cancer_label=labels("1", np.array([0, 1]))),
    exam(4, cancer_label=of(frame.iloc[0])),
    exam(5, **{"L-CC": 7, "R-CC": [7], "L-MLO": [None]}),
    exam(6, table=np.dtype("f8") if old else frame),
]
table = pd.DataFrame({
    "exam_id": ["x", "y", "z"], "L-CC": [["a1", "a2"], ["b1"], []], "R-CC": ["a3", None, "c3"],
    "left_malignant": [0, 1, 0], "right_malignant": [1.0, 0.0, np.nan], "age": [61, 50, 47],
    "left_benign": [True, False, False],
})
lists = {"table": table, "good": good, "bad": bad, "tuple": tuple(good), "array": np.array(good[:2], dtype=object)}
sys.stdout.buffer.write(pickle.dumps(lists[sys.argv[1]], int(sys.argv[2])))
`;

const hasPandas = works(PYTHON, ["-c", "import numpy, pandas"]);

function pickled(list: string, protocol: number): Uint8Array {
  const { success, stdout, stderr } = new Deno.Command(PYTHON, {
    args: ["-c", PROGRAM, list, String(protocol)],
  }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  return stdout;
}

for (const protocol of [0, 1, 2, 3, 4, 5]) {
  Deno.test({
    name: `readDataList: what notebooks write, protocol ${protocol}, by a real numpy and pandas`,
    ignore: !hasPandas,
    fn: () => {
      const bytes = pickled("good", protocol);
      const { exams, errors } = readDataList(bytes, "pkl");
      assert.deepStrictEqual(errors, []);
      assert.deepStrictEqual(
        exams.slice(0, 4).map(({ images }) => [
          images["L-CC"],
          images["R-CC"],
        ]),
        [[["a1", "a2"], ["0_R-CC"]], [["b1"], ["b2"]], [["c1", "c2"], ["c3"]], [["f1", "f2"], []]],
      );
      assert.deepStrictEqual(exams.slice(4, 8).map(({ malignant }) => malignant), [
        { left: 1, right: 0 },
        { left: 0, right: 1 },
        { left: 1, right: 1 },
        { left: 1, right: 1 },
      ]);
      const extras = exams.map((exam) => exam.extras);
      assert.deepStrictEqual([extras[7]!["unknown"], extras[7]!["big"]], [null, String(2n ** 70n)]);
      assert.deepStrictEqual(extras[8]!["ages"], [61, 50, 47]);
      const dates = ["taken", "at", "stamp", "never"].map((key) => extras[9]![key]);
      assert.deepStrictEqual(dates, [
        "2020-01-02",
        "1999-12-31T23:59:58.000007",
        "2024-02-29T01:02:03.500000000",
        null,
      ]);
      assert.deepStrictEqual(extras[9]!["boxes"], [[0, 0], [0, 0]]);
      assert.deepStrictEqual(extras[10]!["nested"], { deep: [[1, [2, 3]], { a: [4] }] });
      const plain = convertDataList(bytes, "pkl", "pkl");
      assert.deepStrictEqual(
        readDataList(plain.bytes, "pkl").exams,
        exams,
        "a converted list says the same",
      );
      assert.equal(readDataList(pickled("tuple", protocol), "pkl").exams.length, exams.length);
    },
  });

  Deno.test({
    name: `readDataList: what notebooks write and nobody can use is named, protocol ${protocol}`,
    ignore: !hasPandas,
    fn: () => {
      const { exams, errors } = readDataList(pickled("bad", protocol), "pkl");
      assert.deepStrictEqual(exams, []);
      assert.deepStrictEqual(errors.map(({ exam, code, field }) => [exam, code, field]), [
        ["e0", "label_invalid", "cancer_label.left_malignant"],
        ["e0", "label_invalid", "cancer_label.right_malignant"],
        ["e1", "label_invalid", "cancer_label.left_malignant"],
        ["e1", "label_missing", "cancer_label.right_malignant"],
        ["e2", "label_missing", "cancer_label.left_malignant"],
        ["e2", "label_invalid", "cancer_label.right_malignant"],
        ["e3", "label_invalid", "cancer_label.left_malignant"],
        ["e3", "label_invalid", "cancer_label.right_malignant"],
        ["e4", "cancer_label_missing", "cancer_label"],
        ["e5", "view_invalid", "L-CC"],
        ["e5", "image_name_invalid", "R-CC"],
        ["e5", "image_name_invalid", "L-MLO"],
        ["e6", "value_unsupported", "table"],
      ]);
    },
  });
}

for (const protocol of [2, 3, 4, 5]) {
  Deno.test({
    name: `readDataList: a table of pandas with a row an exam, protocol ${protocol}`,
    ignore: !hasPandas,
    fn: () => {
      const { exams, errors } = readDataList(pickled("table", protocol), "pkl");
      assert.deepStrictEqual(exams.map(({ id, images, malignant }) => [id, images, malignant]), [
        [
          "x",
          { "L-CC": ["a1", "a2"], "R-CC": ["a3"], "L-MLO": [], "R-MLO": [] },
          { left: 0, right: 1 },
        ],
        ["y", { "L-CC": ["b1"], "R-CC": [], "L-MLO": [], "R-MLO": [] }, { left: 1, right: 0 }],
      ]);
      assert.deepStrictEqual(exams[0]!.extras, {
        exam_id: "x",
        "cancer_label.left_benign": true,
        age: 61,
      });
      assert.deepStrictEqual(errors.map(({ exam, code, field }) => [exam, code, field]), [
        ["z", "label_invalid", "cancer_label.right_malignant"],
      ]);
    },
  });
}
