# -*- coding: utf-8 -*-
"""Writes the golden pickles of a real Python 2.7, and manifest_python2.json beside them.

Run with Python 2.7:

    python2.7 make_python2.py

The manifest has the form that make.py describes; a `str` is listed as the text it is read as.
"""

import collections
import json
import os
import pickle
import platform
import struct

HERE = os.path.dirname(os.path.abspath(__file__))




def tagged(value):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, long)):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": "nan" if value != value else struct.pack(">d", value).encode("hex")}
    if isinstance(value, unicode):
        return value
    if isinstance(value, str):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")
    if isinstance(value, list):
        return [tagged(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [tagged(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[tagged(key), tagged(item)] for key, item in value.items()]}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((tagged(item) for item in value), key=json.dumps)}
    if isinstance(value, bytearray):
        return {"bytes": str(value).encode("hex")}
    raise TypeError(type(value))


EXAM = {
    "L-CC": ["0_L_CC"], "R-CC": [u"0_R_CC"], "L-MLO": [], "R-MLO": ["0_R_MLO"], "horizontal_flip": "NO",
    "cancer_label": {"left_malignant": 0, "right_malignant": 1L, "unknown": False},
}
CASES = {
    "data_list": [EXAM, EXAM],
    "values": [
        0, -1, 2 ** 31 - 1, 2 ** 63, -2 ** 100, 5L, 0.1, float("inf"), float("nan"), True, None, "", "plain",
        "it's \"quoted\" \\ \n\t\x00", "\xc3\xa9", "\xe9", u"\u00e9\u4e73\U0001f9ec", u"a\\u0041\nb", (), (1,),
        set([1, 2]), frozenset(["a"]), bytearray(b"ab\xff"), collections.OrderedDict([("z", 1), ("a", 2)]),
        "x" * 300,
    ],
}


def main():
    entries = []
    for case in sorted(CASES):
        names = ["python2_%s_%d.pkl" % (case, protocol) for protocol in range(3)]
        for protocol, name in enumerate(names):
            with open(os.path.join(HERE, name), "wb") as file:
                file.write(pickle.dumps(CASES[case], protocol))
        entries.append({"files": names, "holds": tagged(CASES[case])})
    head = json.dumps({"made_by": "tests/golden/pickle/make_python2.py", "versions": {"python": platform.python_version()}})
    lines = ",\n".join("  " + json.dumps(entry) for entry in entries)
    with open(os.path.join(HERE, "manifest_python2.json"), "wb") as file:
        file.write(head[:-1] + ', "files": [\n' + lines + "\n]}\n")


main()
