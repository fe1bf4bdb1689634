"""Brings images to the form that the networks were trained on: stretched from their own darkest to their
own brightest grey, then exactly 896 x 1152 pixels.

ImageMagick does it, as in the metarepository. It takes the bits and the filter from the image: an image
smaller than that gets another filter than a larger one, and one of 8 bits a pixel stays one of 8 bits.
"""

import argparse
import os
import subprocess
from functools import partial
from multiprocessing import Pool

import exams

SIZE = "896x1152!"


def preprocessed(png):
    """The PNG of an image, from the PNG of its original.

    Raises ValueError when ImageMagick cannot read it.
    """
    # Not by name: ImageMagick reads brackets, colons and percent signs in a name as instructions.
    command = ["convert", "png:-", "-auto-level", "-resize", SIZE, "png:-"]
    # Images are spread over processes already.
    environment = {**os.environ, "MAGICK_THREAD_LIMIT": "1"}
    done = subprocess.run(command, input=png, capture_output=True, env=environment, check=False)
    if done.returncode != 0:
        raise ValueError(done.stderr.decode(errors="replace").strip() or f"convert ended with {done.returncode}")
    return done.stdout


def preprocess(scan, source, target):
    """scan: as in upstream's pools, a dict with the image's name in short_file_path."""
    name = scan["short_file_path"]
    with open(os.path.join(source, f"{name}.png"), "rb") as file:
        made = preprocessed(file.read())
    path = os.path.join(target, f"{name}.png")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(made)


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
