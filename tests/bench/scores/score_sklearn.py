"""The metarepository's scorer as a process, in our words: data list and predictions of images in, AUROC
and AUPRC with bootstrap intervals at image and breast level out. It draws its curves with matplotlib
where that is installed.

Usage: score_sklearn.py <data list, pickled> <predictions csv> <folder for plots>
"""

import csv
import pickle
import sys

import numpy
from sklearn.metrics import auc, precision_recall_curve, roc_auc_score, roc_curve
from sklearn.utils import resample

try:
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
except ImportError:
    pyplot = None

REPLICATES = 2000


def areas(labels, scores):
    precision, recall, _ = precision_recall_curve(labels, scores)
    return roc_auc_score(labels, scores), auc(recall, precision)


def report(level, labels, scores):
    replicates = []
    for _ in range(REPLICATES):
        drawn_labels, drawn_scores = resample(labels, scores)
        if len(set(drawn_labels)) == 2:
            replicates.append(areas(drawn_labels, drawn_scores))
    limits = numpy.percentile(replicates, [2.5, 97.5], axis=0)
    for name, value, low, high in zip(("AUROC", "AUPRC"), areas(labels, scores), *limits):
        print(f"{level} {name}: {value:.3f} ({low:.3f}-{high:.3f})")
    if pyplot is not None:
        draw(level, labels, scores)


def draw(level, labels, scores):
    false_positives, true_positives, _ = roc_curve(labels, scores)
    precision, recall, _ = precision_recall_curve(labels, scores)
    for name, x, y in (("roc", false_positives, true_positives), ("pr", recall, precision)):
        pyplot.figure()
        pyplot.plot(x, y)
        pyplot.savefig(f"{sys.argv[3]}/{level}_{name}.png")


with open(sys.argv[1], "rb") as file:
    exams = pickle.load(file)
with open(sys.argv[2]) as file:
    predictions = {row["image_index"]: float(row["malignant_pred"]) for row in csv.DictReader(file)}
images, breasts = ([], []), ([], [])
for exam in exams:
    for side, letter in (("left", "L"), ("right", "R")):
        label = exam["cancer_label"][f"{side}_malignant"]
        views = []
        for view in (f"{letter}-CC", f"{letter}-MLO"):
            for image in exam[view]:
                images[0].append(label)
                images[1].append(predictions[image])
            if exam[view]:
                views.append(predictions[exam[view][0]])
        if views:
            breasts[0].append(label)
            breasts[1].append(sum(views) / len(views))
report("image", *images)
report("breast", *breasts)
