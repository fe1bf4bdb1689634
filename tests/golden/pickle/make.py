"""Writes the golden pickles of this folder with a real CPython, and manifest.json beside them.

Run with a Python 3 that has numpy and pandas:

    /usr/bin/python3 make.py

manifest.json lists what the files hold, in a form that JSON keeps exactly:
None, bool, str and list as they are; int {"int": decimal}; float {"float": big-endian IEEE 754 hex, or "nan"};
bytes {"bytes": hex}; tuple {"tuple": [...]}; dict {"dict": [[key, value], ...]}; set {"set": [...]}
in order of its members' JSON; numpy array {"array": [shape, values]} in C order.
"""

import collections
import json
import pathlib
import pickle
import platform
import struct

import numpy
import pandas

HERE = pathlib.Path(__file__).parent


def tagged(value):
    """Says exactly what a value is."""
    if isinstance(value, numpy.ndarray):
        return {"array": [list(value.shape), [tagged(item) for item in value.ravel().tolist()]]}
    if isinstance(value, numpy.generic):
        return tagged(value.item())
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": "nan" if value != value else struct.pack(">d", value).hex()}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": bytes(value).hex()}
    if isinstance(value, list):
        return [tagged(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [tagged(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[tagged(key), tagged(item)] for key, item in value.items()]}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((tagged(item) for item in value), key=json.dumps)}
    raise TypeError(type(value))


INTEGERS = sorted(
    {sign * (1 << bits) + step for bits in (0, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 300)
     for step in (-1, 0, 1) for sign in (-1, 1)}
)
DOUBLES = [0.0, -0.0, 0.1, 1.0, -2.5, 1e300, 5e-324, 1.7976931348623157e308, 0.30000000000000004,
           float("inf"), float("-inf"), float("nan")]
TEXTS = ["", "L-CC", "Gr\u00f6\u00dfe", "\u4e73\u817a", "\U0001f9ec", "\ufeffmark", "a\nb\\u0041\\\\u", "\x00",
         "x" * 255, "y" * 256, "\u00e9" * 128]


def label(left, right):
    return {"left_malignant": left, "right_malignant": right, "left_benign": 0, "unknown": 1}


def exam(number, left, right, **more):
    views = {view: ["%d_%s" % (number, view.replace("-", "_"))] for view in ("L-CC", "R-CC", "L-MLO", "R-MLO")}
    return dict(views, cancer_label=label(left, right), horizontal_flip="NO", **more)


CASES = {
    "scalars": [None, True, False, *INTEGERS, *DOUBLES],
    "texts": [*TEXTS, b"", b"\x00\xff\n'\"", bytearray(b"abc"), bytearray(), b"z" * 300],
    "containers": [
        [], (), {}, set(), frozenset(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [[[]]],
        {"a": 1, 2: "b", 2.5: None, None: (), (1, "x"): [], b"k": 0, frozenset([1, 2]): 3},
        {1, "a", (2, 3)}, frozenset(["b"]), list(range(1500)), {"k%d" % i: i for i in range(1200)},
        collections.OrderedDict([("z", 1), ("a", [2])]),
    ],
    "shared": [x := ["one"], x, {"same": x}, (x, x)],
    "numpy_scalars": [
        numpy.bool_(True), numpy.int8(-3), numpy.uint8(200), numpy.int16(-300), numpy.uint16(65535),
        numpy.int32(-1), numpy.uint32(2**32 - 1), numpy.int64(-2**63), numpy.uint64(2**64 - 1),
        numpy.float16(0.1), numpy.float32(0.1), numpy.float64(0.1), numpy.float64("nan"),
        numpy.str_("\u00fcber"), numpy.bytes_(b"raw\xff"),
    ],
    "numpy_arrays": [
        numpy.arange(6, dtype="i4").reshape(2, 3), numpy.asfortranarray(numpy.arange(24.0).reshape(2, 3, 4)),
        numpy.array(5), numpy.zeros((0, 3)), numpy.array([1.5, -2.5], dtype=">f4"),
        numpy.array([1, 2], dtype=">u2"), numpy.array(["a", "bcd", ""]), numpy.array([b"a", b"bc"]),
        numpy.array(["x", None, 3], dtype=object), numpy.array([[True], [False]]),
        numpy.array([0.1, 65504], dtype="f2"),
    ],
    "data_list": [exam(0, 0, 1), exam(1, 1, 0, age=61, density="b"), exam(2, 0, 0, patient=("p", 2))],
    "data_list_numpy": [
        exam(0, numpy.int64(0), numpy.float32(1)), exam(1, numpy.bool_(True), False),
        dict(exam(2, 1.0, numpy.uint8(0)), **{"L-CC": numpy.array(["2_L_CC"], dtype=object)}),
    ],
}

TABLE = pandas.DataFrame({
    "case_ID": ["a", "b", "c"],
    "side": ["L", "R", "L"],
    "label": [0, 1, 0],
    "AI_GMIC_POM": [0.25, None, 1e-300],
    "Reader01_POM": numpy.array([10, 20, 30], dtype="u1"),
    "flag": [True, False, True],
    "second_label": [5, 6, 7],
    "density": pandas.Categorical(["b", None, "a"]),
    "date": pandas.to_datetime(["2020-01-31", None, "1969-12-31T23:59:59.5"]),
    "age": pandas.array([61, None, 50], dtype="Int64"),
    "weight": pandas.array([61.5, None, 50], dtype="Float64"),
    "smoker": pandas.array([True, None, False], dtype="boolean"),
    "note": pandas.array(["x", None, "z"], dtype="string"),
    "mixed": [None, "t", 3],
}, index=[7, 8, 9])
# The same as rows, as the reader gives them.
TABLE_ROWS = [
    ["a", "L", 0, 0.25, 10, True, 5, "b", "2020-01-31T00:00:00", 61, 61.5, True, "x", None],
    ["b", "R", 1, float("nan"), 20, False, 6, None, None, None, None, None, None, "t"],
    ["c", "L", 0, 1e-300, 30, True, 7, "a", "1969-12-31T23:59:59.500000000", 50, 50.0, False, "z", 3],
]

# What a Python 2 with numpy writes: packed numbers and texts are both `str`.
NUMPY_PYTHON_2 = (
    b"\x80\x02](cnumpy.core.multiarray\nscalar\nq\x01cnumpy\ndtype\nq\x02U\x02i8q\x03K\x00K\x01\x87Rq\x04"
    b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbU\x08\xc3\xa9\x00\x00\x00\x00\x00\x00\x86R"
    b"h\x01h\x04U\x08\x07\x00\x00\x00\x00\x00\x00\x00\x86R"
    b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    b"(K\x01K\x02\x85h\x04\x89U\x10\xff\xff\xff\xff\xff\xff\xff\xff\x05\x00\x00\x00\x00\x00\x00\x00tb"
    b"U\x02\xc3\xa9U\x01\xe9U\x05plainU\x02\xc3\xa9\x85e."
)
# Equal keys of one dict: the first key stays, the last value wins.
EQUAL_KEYS = b"(dI1\nS'int'\nsF1.0\nS'float'\nsI01\nS'bool'\nsI0\nS'zero'\nsI00\nS'false'\ns(I1\nI2\ntI1\ns(F1.0\nL2L\ntI2\ns."


def as_numpy_2(data):
    """Renames numpy 1's modules to numpy 2's; the format is otherwise the same."""
    names = (b"numpy.core.multiarray", b"numpy.core.numeric")
    for name in names:
        new = name.replace(b".core", b"._core")
        data = data.replace(b"\x8c" + bytes([len(name)]) + name, b"\x8c" + bytes([len(new)]) + new)
        data = data.replace(b"c" + name + b"\n", b"c" + new + b"\n")
    if data[2:3] == b"\x95":
        data = data[:3] + struct.pack("<Q", len(data) - 11) + data[11:]
    return data


def main():
    entries = []

    def write(files, expected):
        for name, data in files.items():
            (HERE / name).write_bytes(data)
        entries.append({"files": list(files), "holds": tagged(expected)})

    for case, value in CASES.items():
        files = {"%s_%d.pkl" % (case, protocol): pickle.dumps(value, protocol) for protocol in range(6)}
        if case.startswith("numpy"):
            for protocol in (2, 4, 5):
                files["%s_numpy2_%d.pkl" % (case, protocol)] = as_numpy_2(pickle.dumps(value, protocol))
        write(files, value)
    write({"numpy_python2.pkl": NUMPY_PYTHON_2},
          [0xA9C3, 7, numpy.array([-1, 5]), "\u00e9", "\u00e9", "plain", ("\u00e9",)])
    write({"equal_keys.pkl": EQUAL_KEYS}, pickle.loads(EQUAL_KEYS))

    for protocol in range(2, 6):
        (HERE / ("table_numpy2_%d.pkl" % protocol)).write_bytes(as_numpy_2(pickle.dumps(TABLE, protocol)))
        for name, table in (("table", TABLE), ("table_unnamed", pandas.DataFrame([[1, 2.5], [3, 4.5]])),
                            ("table_empty", TABLE.iloc[:0]), ("series", TABLE["AI_GMIC_POM"])):
            (HERE / ("%s_%d.pkl" % (name, protocol))).write_bytes(pickle.dumps(table, protocol))

    manifest = {
        "made_by": "tests/golden/pickle/make.py",
        "versions": {"python": platform.python_version(), "numpy": numpy.__version__, "pandas": pandas.__version__},
        "files": entries,
    }
    lines = ",\n".join("  " + json.dumps(entry) for entry in entries)
    head = json.dumps({key: manifest[key] for key in ("made_by", "versions")})[:-1]
    table = json.dumps({"columns": list(TABLE.columns), "rows": tagged(TABLE_ROWS)})
    (HERE / "manifest.json").write_text(head + ', "table": ' + table + ', "files": [\n' + lines + "\n]}\n")


main()
