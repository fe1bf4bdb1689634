"""Looks at PNGs with pypng, the library of the metarepository's own snippet.

Usage: check_images.py headers <folder> <images> <rounds>
       check_images.py pixels <file>
Prints milliseconds, as JSON.
"""
import hashlib
import json
import os
import stat
import sys
import time

import png


def check_header(path):
    """Does what an import does: no link, kind and size, the end is there, both ends in the digest."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return False
    with open(path, "rb") as file:
        head = file.read(4096)
        file.seek(-4096, os.SEEK_END)
        tail = file.read(4096)
    reader = png.Reader(bytes=head)
    reader.preamble()
    hashlib.sha256(head + tail).hexdigest()
    large = min(reader.width, reader.height) >= 256
    return reader.greyscale and not reader.alpha and reader.bitdepth == 16 and large and (
        tail[-8:-4] == b"IEND")


def check_pixels(path):
    with open(path, "rb") as file:
        _, _, rows, _ = png.Reader(file=file).read()
        low, high = 65535, 0
        for row in rows:
            low, high = min(low, min(row)), max(high, max(row))
    return low < high


def timed(work):
    began = time.perf_counter()
    assert work()
    return (time.perf_counter() - began) * 1000


if sys.argv[1] == "headers":
    folder, images, rounds = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    paths = [os.path.join(folder, "%d.png" % index) for index in range(images)]
    print(json.dumps([timed(lambda: all(map(check_header, paths))) for _ in range(rounds)]))
else:
    print(json.dumps([timed(lambda: check_pixels(sys.argv[2]))]))
