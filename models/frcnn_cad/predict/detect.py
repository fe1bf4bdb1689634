"""Scores images with the Faster R-CNN of frcnn_cad: the highest malignant score of any region."""

import argparse
import os
import sys

import cv2
from tqdm import tqdm

import exams
from caffemodel import read_caffemodel
from faster_rcnn import FasterRcnn


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exams", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--predictions", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--device", required=True, choices=["gpu", "cpu"])
    options = parser.parse_args()
    try:
        network = FasterRcnn(read_caffemodel(options.weights))
    except (OSError, ValueError) as error:
        sys.exit(f"mammoeval: error: container_failed: {os.path.basename(options.weights)}: {error}")
    network = network.to("cuda:0" if options.device == "gpu" else "cpu").eval()
    scores, failed = [], []
    for image, view, exam in tqdm(exams.images_of(exams.read(options.exams))):
        grey = cv2.imread(os.path.join(options.images, f"{image}.png"), cv2.IMREAD_UNCHANGED)
        if grey is None:
            failed.append((image, "it cannot be read as PNG"))
            continue
        try:
            score = network.score(grey if grey.ndim == 2 else grey[:, :, 0])
        except ValueError as error:
            failed.append((image, error))
            continue
        scores.append((image, view, exam, score))
    if failed:
        exams.refuse_images("score", failed)
    exams.write_scores(options.predictions, scores)


if __name__ == "__main__":
    main()
