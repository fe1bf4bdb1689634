"""Compares end2end's preprocessing with ImageMagick's convert, called as the metarepository calls it.

    python3 end2end_images.py <folder of mammograms>

Prints a JSON object: for each image the largest difference of a pixel, or why there is none.
"""

import json
import os
import subprocess
import sys
import tempfile

import cv2
import numpy as np

import preprocess

RANDOM = np.random.default_rng(3)


def made_images():
    """Small ones, larger ones, dark ones, and those whose names ImageMagick would read as instructions."""
    grey = RANDOM.integers(300, 4000, (150, 117), dtype=np.uint16)
    smooth = np.tile(np.linspace(0, 60000, 1000).astype(np.uint16), (1300, 1))
    return {
        "small": grey,
        "narrower": smooth[:, :500],
        "lower": smooth[:700],
        "size already": cv2.resize(smooth, (896, 1152)),
        "eight bits": (grey >> 4).astype(np.uint8),
        "colours all grey": np.repeat(grey[:, :, None], 3, axis=2),
        "one grey": np.full((60, 50), 700, np.uint16),
        "black": np.zeros((60, 50), np.uint16),
        "a[0]": grey + 1,
        "b%d": grey + 2,
        "sub/png:c": grey + 3,
    }


def difference(one, other):
    """Of two files; what they are read as counts too."""
    found, expected = (cv2.imread(path, cv2.IMREAD_UNCHANGED) for path in (one, other))
    if found is None or found.shape != expected.shape or found.dtype != expected.dtype:
        return f"{found.dtype} {found.shape} instead of {expected.dtype} {expected.shape}"
    return int(np.abs(found.astype(np.int64) - expected.astype(np.int64)).max())


def main(folder):
    differences = {}
    with tempfile.TemporaryDirectory() as work:
        images = {**made_images(), **{name[:-4]: cv2.imread(f"{folder}/{name}", -1) for name in os.listdir(folder)}}
        for name, image in images.items():
            original = os.path.join(work, f"{name}.png")
            os.makedirs(os.path.dirname(original), exist_ok=True)
            cv2.imwrite(original, image)
            preprocess.preprocess({"short_file_path": name}, work, os.path.join(work, "ours"))
            plain, theirs = os.path.join(work, "plain.png"), os.path.join(work, "theirs.png")
            cv2.imwrite(plain, image)
            subprocess.run(["convert", plain, "-auto-level", "-resize", "896x1152!", theirs], check=True)
            differences[name] = difference(os.path.join(work, "ours", f"{name}.png"), theirs)
    print(json.dumps(differences))


if __name__ == "__main__":
    main(sys.argv[1])
