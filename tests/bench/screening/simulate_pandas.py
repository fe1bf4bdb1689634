"""The simulation as a script of one's own does it: every pathway is columns of a data frame, every
threshold and every replicate a new pass over the exams.

Usage: simulate_pandas.py <exams.csv> <request.json> <replicates to compute>

Prints JSON: seconds of the pathways and the sweep, seconds of one replicate, reads, recalls and
cancers found of every pathway and of every threshold of the sweep.
"""

import json
import sys
import time

import numpy
import pandas


def simulate(exams, pathway):
    score, consensus, third = exams["score"], exams["consensus"], exams["recall_3"]
    first, second = exams["recall_1"], exams["recall_2"]
    today_reads = 2 + third.notna()
    kind = pathway["kind"]
    if kind == "band_pass":
        low, high = score < pathway["low"], score >= pathway["high"]
        recall = consensus.mask(low, 0).mask(high, 1)
        reads = today_reads.mask(low | high, 0)
    else:
        called = (score >= pathway["threshold"]).astype(int)
        if kind in ("replace_second_reader", "replace_first_reader"):
            reader = first if kind == "replace_second_reader" else second
            differ = reader != called
            recall = reader.mask(differ, third.fillna(consensus))
            reads = 1 + differ
        elif kind == "triage":
            recall, reads = consensus.where(called == 1, first), today_reads.where(called == 1, 1)
        elif kind == "rule_out":
            recall, reads = consensus.where(called == 1, 0), today_reads.where(called == 1, 0)
        elif kind == "rule_in":
            recall, reads = consensus.mask(called == 1, 1), today_reads
        else:
            recall, reads = first.where(first == second, called), pandas.Series(2, exams.index)
    cancer = exams["cancer"] == 1
    return reads.sum(), recall.sum(), recall[cancer].sum(), cancer.sum(), today_reads.sum()


exams = pandas.read_csv(sys.argv[1])
with open(sys.argv[2]) as file:
    request = json.load(file)
replicates = int(sys.argv[3])

start = time.perf_counter()
points = [simulate(exams, pathway) for pathway in request["pathways"]]
points += [simulate(exams, {"kind": request["sweep"]["kind"], "threshold": threshold})
           for threshold in request["sweep"]["thresholds"]]
once = time.perf_counter() - start

rows_of = [rows for _, rows in sorted(exams.groupby("woman").indices.items())]
random = numpy.random.default_rng(1)
differences = [[] for _ in request["pathways"]]
start = time.perf_counter()
for _ in range(replicates):
    drawn = random.integers(len(rows_of), size=len(rows_of))
    sample = exams.iloc[numpy.concatenate([rows_of[woman] for woman in drawn])]
    for held, pathway in zip(differences, request["pathways"]):
        reads, recalls, found, cancers, today = simulate(sample, pathway)
        held.append((1 - reads / today, recalls / len(sample), found / cancers, found / recalls))
each = (time.perf_counter() - start) / replicates
limits = [numpy.percentile(held, [2.5, 97.5], axis=0).tolist() for held in differences]
counts = [[int(reads), int(recalls), int(found)] for reads, recalls, found, _, _ in points]
print(json.dumps({"once": once, "each": each, "counts": counts, "limits": limits}))
