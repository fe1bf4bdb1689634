"""Writes the reader-study frames of this folder with a real pandas, and what they hold beside them.

Debian 12 (pandas 1.5) and Debian 13 (pandas 2.2): apt-get install python3-pandas; then with each

    /usr/bin/python3 make.py

The frame is drawn by integer arithmetic, so that every pandas writes the same numbers. expected.json
has each score as big-endian IEEE 754 hex: nothing rounds. study.csv is what pandas' to_csv writes.
"""

import json
import pathlib
import pickle
import struct

import numpy
import pandas

HERE = pathlib.Path(__file__).parent
CASES, READERS, MODELS = 60, 3, 2
STATE = [20240229]


def draw(bound):
    """An integer below bound, the same everywhere."""
    STATE[0] = (STATE[0] * 6364136223846793005 + 1442695040888963407) % 2**64
    return (STATE[0] >> 33) % bound


def last_bits(value, steps):
    """The double that many steps above."""
    return struct.unpack(">d", struct.pack(">Q", struct.unpack(">Q", struct.pack(">d", value))[0] + steps))[0]


def main():
    columns = {"case_ID": [], "side": [], "label": []}
    for reader in range(1, READERS + 1):
        columns["Reader%02d_POM" % reader] = []
    for model in range(MODELS):
        columns["AI_model_%s_POM" % "ab"[model]] = []
    columns["note"] = []
    for case in range(CASES):
        for side in ("L", "R"):
            label = int(draw(8) == 0)
            columns["case_ID"].append("case%03d" % case)
            columns["side"].append(side)
            columns["label"].append(label)
            for reader in range(1, READERS + 1):
                columns["Reader%02d_POM" % reader].append(min(100, draw(60) + 40 * label * draw(2)))
            # Half of model a's scores differ in their last bits only.
            base = 0.3 if draw(2) else (draw(1000) + 400 * label) / 1500
            columns["AI_model_a_POM"].append(last_bits(base, draw(4) + 2 * label))
            columns["AI_model_b_POM"].append((draw(1 << 30) + (label << 29)) / (1.5 * (1 << 30)))
            columns["note"].append(None if draw(3) else "seen")
    frame = pandas.DataFrame(columns)
    frame["Reader02_POM"] = frame["Reader02_POM"].astype("float64")
    frame["Reader03_POM"] = frame["Reader03_POM"].astype(object)
    version = pandas.__version__.split(".")[0]
    kinds = {
        "": frame,
        "_bool_label": frame.assign(label=frame["label"].astype(bool)),
        "_filtered": frame.assign(keep=True)[frame["case_ID"] < "case030"].drop(columns="keep"),
    }
    for kind, made in kinds.items():
        for protocol in (4, 5):
            (HERE / ("study%s_pandas%s_%d.pkl" % (kind, version, protocol))).write_bytes(pickle.dumps(made, protocol))
    frame.to_csv(HERE / "study.csv", index=True)
    expected = {
        "made_by": "tests/golden/reader_study/make.py",
        "labels": columns["label"],
        "scores": {
            name: [struct.pack(">d", float(value)).hex() for value in columns[name]]
            for name in columns if name.endswith("_POM")
        },
    }
    (HERE / "expected.json").write_text(json.dumps(expected) + "\n")
    versions = HERE / "versions.json"
    known = json.loads(versions.read_text()) if versions.exists() else {}
    known["pandas" + version] = {"pandas": pandas.__version__, "numpy": numpy.__version__}
    versions.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")


main()
