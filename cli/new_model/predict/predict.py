"""Writes a row for each image of the data list; put your model where the score is."""

import argparse
import csv
import os
import pickle
import sys

VIEWS = ("L-CC", "R-CC", "L-MLO", "R-MLO")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-list", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--predictions", required=True)
    parser.add_argument("--device", required=True, choices=["gpu", "cpu"])
    parser.add_argument("--score", required=True, type=float)
    options = parser.parse_args()
    with open(options.data_list, "rb") as file:
        exams = pickle.load(file)
    images = list(dict.fromkeys(image for exam in exams for view in VIEWS for image in exam.get(view, [])))
    with open(options.predictions, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["image_index", "malignant_pred", "malignant_label"])
        for done, image in enumerate(images, start=1):
            path = os.path.join(options.images, f"{image}.png")
            if not os.path.exists(path):
                sys.exit(f"mammoeval: error: container_failed: image {image} is missing")
            table.writerow([image, options.score, 0])
            print(f"image {done}/{len(images)}")


if __name__ == "__main__":
    main()
