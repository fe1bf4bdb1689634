"""The metarepository's way to an interval: resample lists, compute both areas anew, take percentiles.

Usage: bootstrap_sklearn.py <csv of score,label> <replicates>; prints milliseconds of the processor.
"""

import sys
import time

import numpy
from sklearn.metrics import auc, precision_recall_curve, roc_auc_score
from sklearn.utils import resample

rows = [line.split(",") for line in open(sys.argv[1])]
scores = [float(score) for score, _ in rows]
labels = [int(label) for _, label in rows]

start = time.process_time()
rocs, prs = [], []
for _ in range(int(sys.argv[2])):
    drawn_labels, drawn_scores = resample(labels, scores)
    if len(set(drawn_labels)) < 2:
        continue
    rocs.append(roc_auc_score(drawn_labels, drawn_scores))
    precision, recall, _ = precision_recall_curve(drawn_labels, drawn_scores)
    prs.append(auc(recall, precision))
for areas in (rocs, prs):
    numpy.percentile(areas, [2.5, 97.5])
print((time.process_time() - start) * 1000)
