"""Makes corpus.csv, metrics.json, exams.json and random.json: what scikit-learn, NumPy and Python say.

Debian 12: apt-get install python3-sklearn python3-numpy; then /usr/bin/python3 make.py, then
Rscript make.R, which reads corpus.csv. The seeds are fixed: the files come out the same.
"""

import json
import math
import pathlib
import statistics
import sys

import numpy
import sklearn
from sklearn import calibration, metrics

HERE = pathlib.Path(__file__).parent
RNG = numpy.random.default_rng(20240229)
VIEWS = ["L-CC", "R-CC", "L-MLO", "R-MLO"]


def bits_apart(value, steps):
    for _ in range(steps):
        value = math.nextafter(value, math.inf)
    return value


def small_cases():
    """Name, scores, labels."""
    yield "no samples", [], []
    yield "one positive", [0.5], [1]
    yield "one negative", [0.5], [0]
    yield "only positives", [0.1, 0.2, 0.2, 0.9], [1, 1, 1, 1]
    yield "only negatives", [0.1, 0.2, 0.2, 0.9], [0, 0, 0, 0]
    yield "one pair, right", [0.4, 0.6], [0, 1]
    yield "one pair, wrong", [0.6, 0.4], [0, 1]
    yield "one pair, tied", [0.5, 0.5], [0, 1]
    yield "all tied", [0.3] * 9, [1, 0, 0, 1, 0, 0, 0, 1, 0]
    yield "separated", [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9], [0, 0, 0, 0, 1, 1, 1, 1]
    yield "separated the wrong way", [0.9, 0.8, 0.7, 0.2, 0.1], [0, 0, 0, 1, 1]
    yield "zero and minus zero", [0.0, -0.0, 0.0, -0.0, 1.0], [1, 0, 0, 1, 1]
    third = 1 / 3
    yield (
        "last bit",
        [bits_apart(third, step) for step in (0, 1, 2, 3, 0, 1, 2, 3, 1, 2)],
        [0, 1, 0, 1, 1, 0, 1, 0, 0, 1],
    )
    yield "subnormal", [5e-324, 1e-323, 0.0, 5e-324, 1e-300], [0, 1, 0, 1, 1]
    yield "logits", [-3.5, 2.25, 10.0, -0.125, 2.25, 1e9], [0, 1, 1, 0, 0, 1]
    yield "metarepository", [
        0.0040, 0.1824, 0.0258, 0.8702, 0.1158, 0.3259, 0.6115, 0.6115,
    ], [0, 0, 0, 1, 0, 0, 1, 1]


def drawn_cases():
    """Name, scores of two classifiers, labels: two breasts of an exam share some of their score."""
    for count, share, decimals in [
        (8, 0.4, 1), (30, 0.2, 2), (100, 0.5, 1), (200, 0.03, 17), (500, 0.1, 2),
        (1000, 0.9, 3), (1440, 61 / 1440, 17), (1440, 61 / 1440, 2), (3000, 3 / 3000, 17),
    ]:
        labels = (RNG.random(count) < share).astype(int)
        labels[:2] = [1, 0]
        common = numpy.repeat(RNG.normal(size=count // 2), 2)
        both = [
            1 / (1 + numpy.exp(-(0.6 * common + RNG.normal(size=count) + gain * labels)))
            for gain in (1.2, 0.8)
        ]
        a, b = [[round(float(score), decimals) for score in scores] for scores in both]
        yield f"{count} rows, {share:.4f} positive, {decimals} decimals", a, b, labels.tolist()


def expected(scores, labels):
    if len(set(labels)) < 2:
        return None
    precision, recall, _ = metrics.precision_recall_curve(labels, scores)
    false_positives, true_positives, _ = metrics.roc_curve(
        labels, scores, drop_intermediate=False
    )
    values = {
        "auroc": metrics.roc_auc_score(labels, scores),
        "auprc": metrics.auc(recall, precision),
        "average_precision": metrics.average_precision_score(labels, scores),
    }
    # Every point of a long curve would only make the file large: its ends and its middle tell enough.
    if len(scores) <= 200:
        values["roc"] = [false_positives.tolist(), true_positives.tolist()]
        values["precision_recall"] = [recall[::-1].tolist(), precision[::-1].tolist()]
    if min(scores) >= 0 and max(scores) <= 1:
        values["brier"] = metrics.brier_score_loss(labels, scores)
    # Where all scores differ and the tenths are of equal size both ways to cut bins agree.
    if len(set(scores)) == len(scores) and len(scores) >= 100 and len(scores) % 10 == 0:
        observed, mean = calibration.calibration_curve(
            labels, scores, n_bins=10, strategy="quantile"
        )
        values["calibration"] = [mean.tolist(), observed.tolist()]
    return values


def exam_list():
    """A data list with missing views and several images a view, and predictions for its images."""
    exams, rows = [], []
    for number in range(60):
        exam = {"exam_id": f"E{number:03}", "horizontal_flip": "NO"}
        malignant = {side: int(RNG.random() < 0.2) for side in ("left", "right")}
        exam["cancer_label"] = {f"{side}_malignant": malignant[side] for side in malignant}
        for view in VIEWS:
            images = [f"{number}/{view}_{at}" for at in range(int(RNG.choice([0, 1, 1, 1, 2, 3])))]
            exam[view] = images
            side = "left" if view[0] == "L" else "right"
            for image in images:
                score = 1 / (1 + math.exp(-(RNG.normal() + 1.2 * malignant[side] - 1)))
                rows.append((image, round(score, 3)))
        exams.append(exam)
    order = RNG.permutation(len(rows))
    return exams, [rows[at] for at in order]


def score_exams(exams, rows):
    """Image and breast level by plain loops: mean over a view's images, then over the views."""
    scores = dict(rows)
    image_level, breast_level = [], []
    for exam in exams:
        for side in ("left", "right"):
            label = exam["cancer_label"][f"{side}_malignant"]
            views = []
            for view in VIEWS:
                if view[0] != side[0].upper() or not exam[view]:
                    continue
                of_view = [scores[image] for image in exam[view]]
                image_level += [(score, label) for score in of_view]
                views.append(sum(of_view) / len(of_view))
            if views:
                breast_level.append((sum(views) / len(views), label))
    return {
        level: {"count": len(pairs), **expected(*(list(part) for part in zip(*pairs)))}
        for level, pairs in (("image", image_level), ("breast", breast_level))
    }


def sfc32(seed, count):
    """Small fast counting with integers of any size, masked to 32 bits, warmed up by 15 rounds."""
    mask = 0xFFFFFFFF
    a, b, c = (word & mask for word in seed)
    counter, words = 1, []
    for _ in range(15 + count):
        word = (a + b + counter) & mask
        counter = (counter + 1) & mask
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & mask
        c = (((c << 21) | (c >> 11)) + word) & mask
        words.append(word)
    return words[15:]


VERSIONS = {
    "python": sys.version.split()[0],
    "numpy": numpy.__version__,
    "scikit-learn": sklearn.__version__,
}


def write(name, content):
    (HERE / name).write_text(json.dumps({"versions": VERSIONS, **content}) + "\n")


cases = [
    {"name": name, "scores": scores, "labels": labels, "expected": expected(scores, labels)}
    for name, scores, labels in small_cases()
]
with open(HERE / "corpus.csv", "w") as corpus:
    # Hexadecimal, which R reads exactly; its decimal numbers may be off by the last bit.
    print("case,a,b,label", file=corpus)
    for number, (name, a, b, labels) in enumerate(drawn_cases()):
        cases.append({
            "name": name, "corpus": number, "expected": expected(a, labels),
            "expected_b": expected(b, labels),
        })
        for one, other, label in zip(a, b, labels):
            print(number, float(one).hex(), float(other).hex(), label, sep=",", file=corpus)

normal = statistics.NormalDist()
probabilities = [1e-300, 1e-20, 1e-6, 0.005, 0.025, 0.074, 0.075, 0.3, 0.5, 0.9, 0.975, 0.999999]
numbers = [float(value) for value in RNG.normal(size=37)]
levels = [0, 0.001, 0.025, 0.05, 0.5, 0.775, 0.975, 1]
write("metrics.json", {
    "cases": cases,
    "normal_quantiles": [[p, normal.inv_cdf(p)] for p in probabilities],
    "quantiles": {
        "numbers": numbers,
        "of": [[p, float(numpy.quantile(numbers, p))] for p in levels],
    },
})
exams, rows = exam_list()
write("exams.json", {
    "data_list": exams,
    "predictions": "image_index,malignant_pred,malignant_label\n"
    + "".join(f"{image},{score},0\n" for image, score in rows),
    "expected": score_exams(exams, rows),
})
write("random.json", {
    "streams": [
        {
            "seed": seed, "stream": number,
            "words": sfc32((seed, seed >> 32, number), 16),
        }
        for seed, number in [(0, 0), (1, 0), (1, 1999), (2**53 - 1, 2**32 - 1), (2**32, 7)]
    ],
})
