"""Brings images to the form that the networks were trained on: stretched from their own darkest to their
own brightest grey, then exactly 896 x 1152 pixels, in 16 bits.

What ImageMagick's auto_level and resize to 896x1152! do in the metarepository (Lanczos; differs from
them by at most one grey level of 65,536).
"""

import argparse
import os
from functools import partial
from multiprocessing import Pool

import cv2
import numpy as np
from PIL import Image

import exams

WIDTH, HEIGHT = 896, 1152
GREY_MAX = 65535


def preprocessed(image):
    """image: 2-D, unsigned whole numbers. Returns HEIGHT x WIDTH, uint16."""
    grey = image.astype(np.float32)
    low, high = float(grey.min()), float(grey.max())
    # An image of one grey has nothing to stretch; it becomes black.
    grey = (grey - low) * (GREY_MAX / (high - low)) if high > low else grey * 0
    resized = np.asarray(Image.fromarray(grey, mode="F").resize((WIDTH, HEIGHT), Image.LANCZOS))
    return np.clip(np.rint(resized), 0, GREY_MAX).astype(np.uint16)


def preprocess(scan, source, target):
    """scan: as in upstream's pools, a dict with the image's name in short_file_path."""
    name = scan["short_file_path"]
    image = cv2.imread(os.path.join(source, f"{name}.png"), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise ValueError("it cannot be read as PNG")
    if image.ndim == 3:
        image = image[:, :, 0]
    path = os.path.join(target, f"{name}.png")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not cv2.imwrite(path, preprocessed(image)):
        raise OSError(f"{path} cannot be written")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exams", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--num-processes", required=True, type=int)
    options = parser.parse_args()
    names = [image for image, _, _ in exams.images_of(exams.read(options.exams))]
    scans = [{"short_file_path": name} for name in names]
    with Pool(options.num_processes) as pool:
        pool.map(partial(preprocess, source=options.images, target=options.output), scans)


if __name__ == "__main__":
    main()
