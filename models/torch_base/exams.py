"""Writes the data list as upstream code wants it; and what our own scripts read and write.

    python3 exams.py --data-list data.pkl --output exams.pkl [--one-image-a-view] [--all-views]

- What an earlier run has left in the list (best_center, window_location, ...) is taken out: upstream
  stops when it is there.
- A missing view becomes an empty one, a missing label 0, a missing horizontal_flip NO.
- --one-image-a-view: upstream takes the first image of a view, or one by chance, and leaves the
  others out. An exam with several becomes several, so that each image gets its score.
- --all-views: refuses exams without an image in each of the four views, by name.
"""

import argparse
import csv
import os
import pickle
import sys

VIEWS = ("L-CC", "R-CC", "L-MLO", "R-MLO")
LABELS = ("left_benign", "right_benign", "left_malignant", "right_malignant", "unknown")
LEFT_BY_UPSTREAM = (
    "best_center",
    "bottommost_points",
    "distance_from_starting_side",
    "rightmost_points",
    "window_location",
)


# Images or exams that one message names
LISTED_MAX = 20


def name_of(exam, index):
    """How an exam is called in a message."""
    return str(exam.get("exam_id", index))


def complete(exam):
    """A copy of an exam with all views, labels and the flip, and nothing of an earlier run."""
    kept = {key: value for key, value in exam.items() if key not in LEFT_BY_UPSTREAM}
    for view in VIEWS:
        images = exam.get(view)
        kept[view] = [images] if isinstance(images, str) else list(images or [])
    labels = exam.get("cancer_label") or {}
    kept["cancer_label"] = {**{label: 0 for label in LABELS}, **labels}
    kept["horizontal_flip"] = exam.get("horizontal_flip", "NO")
    return kept


def one_image_a_view(exam):
    """The exam as one or more, each with at most one image a view; views in their order."""
    count = max(1, *(len(exam[view]) for view in VIEWS))
    return [{**exam, **{view: exam[view][turn : turn + 1] for view in VIEWS}} for turn in range(count)]


def missing_views(exams):
    """Pairs of an exam's name and the views it has no image of, for the exams that lack any."""
    lacking = []
    for index, exam in enumerate(exams):
        views = [view for view in VIEWS if not exam[view]]
        if views:
            lacking.append((name_of(exam, index), views))
    return lacking


def read(path):
    """The exams of a list that this program has written."""
    with open(path, "rb") as file:
        return pickle.load(file)


def images_of(exams):
    """(image, its view, its exam) for all images, exam by exam; one that is named twice comes once."""
    found = {image: (image, view, exam) for exam in exams for view in VIEWS for image in exam[view]}
    return list(found.values())


def write_scores(path, scores):
    """Writes predictions of images.

    scores: (image, view, exam, malignant score in [0, 1]) for each.
    """
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["image_index", "malignant_pred", "malignant_label"])
        for image, view, exam, score in scores:
            side = "left" if view.startswith("L") else "right"
            table.writerow([image, repr(float(score)), exam["cancer_label"][f"{side}_malignant"]])


def refuse_images(doing, failed):
    """Ends the program, naming the images.

    doing: what could not be done; failed: (image, reason) for each.
    """
    listed = "; ".join(f"{image} ({reason})" for image, reason in failed[:LISTED_MAX])
    more = f"; and {len(failed) - LISTED_MAX} more" if len(failed) > LISTED_MAX else ""
    sys.exit(f"mammoeval: error: container_failed: cannot {doing} {len(failed)} images: {listed}{more}")


def main(arguments):
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-list", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--one-image-a-view", action="store_true")
    parser.add_argument("--all-views", action="store_true")
    options = parser.parse_args(arguments)
    with open(options.data_list, "rb") as file:
        exams = [complete(exam) for exam in pickle.load(file)]
    lacking = missing_views(exams) if options.all_views else []
    if lacking:
        listed = "; ".join(f"exam {name} has no {', '.join(views)}" for name, views in lacking[:LISTED_MAX])
        more = f"; and {len(lacking) - LISTED_MAX} more" if len(lacking) > LISTED_MAX else ""
        print(
            f"mammoeval: error: container_failed: this model needs all four views: {listed}{more}",
            file=sys.stderr,
        )
        return 1
    if options.one_image_a_view:
        exams = [part for exam in exams for part in one_image_a_view(exam)]
    os.makedirs(os.path.dirname(options.output) or ".", exist_ok=True)
    with open(options.output, "wb") as file:
        pickle.dump(exams, file, protocol=4)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
