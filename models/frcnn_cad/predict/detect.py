"""Scores images with the Faster R-CNN of frcnn_cad: the highest malignant score of any region."""

import argparse
import csv
import os
import sys

import cv2
from tqdm import tqdm

import exams
from caffemodel import read_caffemodel
from faster_rcnn import FasterRcnn


def write_lesions(path, lesions):
    """lesions: (image, rows of x0, y0, x1, y1, score) for each image."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["image_index", "x0", "y0", "x1", "y1", "score"])
        table.writerows([image, *map(repr, row)] for image, rows in lesions for row in rows.tolist())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exams", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--predictions", required=True)
    parser.add_argument("--lesions", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--device", required=True, choices=["gpu", "cpu"])
    options = parser.parse_args()
    try:
        network = FasterRcnn(read_caffemodel(options.weights))
    except (OSError, ValueError) as error:
        sys.exit(f"mammoeval: error: container_failed: {os.path.basename(options.weights)}: {error}")
    network = network.to("cuda:0" if options.device == "gpu" else "cpu").eval()
    scores, lesions, failed = [], [], []
    for image, view, exam in tqdm(exams.images_of(exams.read(options.exams))):
        grey = cv2.imread(os.path.join(options.images, f"{image}.png"), cv2.IMREAD_UNCHANGED)
        if grey is None:
            failed.append((image, "it cannot be read as PNG"))
            continue
        try:
            found = network.lesions(grey if grey.ndim == 2 else grey[:, :, 0])
        except ValueError as error:
            failed.append((image, error))
            continue
        scores.append((image, view, exam, found[0, 4]))
        lesions.append((image, found))
    if failed:
        exams.refuse_images("score", failed)
    write_lesions(options.lesions, lesions)
    exams.write_scores(options.predictions, scores)


if __name__ == "__main__":
    main()
