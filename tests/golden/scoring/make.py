"""Makes metrics.json and random.json: what scikit-learn, NumPy and plain Python say.

Debian 12: apt-get install python3-sklearn python3-numpy; then /usr/bin/python3 make.py
"""

import json
import math
import pathlib
import statistics
import sys

import numpy
import sklearn
from sklearn import metrics

HERE = pathlib.Path(__file__).parent
RNG = numpy.random.default_rng(20240229)


def bits_apart(value, steps):
    for _ in range(steps):
        value = math.nextafter(value, math.inf)
    return value


def corpus():
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
    for count, share, decimals in [
        (8, 0.4, 1), (30, 0.2, 2), (100, 0.5, 1), (200, 0.03, 17), (500, 0.1, 2),
        (1000, 0.9, 3), (1440, 61 / 1440, 17), (1440, 61 / 1440, 2),
    ]:
        labels = (RNG.random(count) < share).astype(int)
        labels[:2] = [1, 0]
        scores = 1 / (1 + numpy.exp(-(RNG.normal(size=count) + labels)))
        scores = [round(float(score), decimals) for score in scores]
        yield f"{count} rows, {share:.3f} positive, {decimals} decimals", scores, labels.tolist()


def delong_variance(scores, labels):
    """DeLong, DeLong and Clarke-Pearson by the definition: the kernel over all pairs."""
    positives = numpy.array([s for s, y in zip(scores, labels) if y])
    negatives = numpy.array([s for s, y in zip(scores, labels) if not y])
    kernel = (positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives)
    return float(
        numpy.var(kernel.mean(axis=1), ddof=1) / len(positives)
        + numpy.var(kernel.mean(axis=0), ddof=1) / len(negatives)
    )


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
        "roc": [false_positives.tolist(), true_positives.tolist()],
        "precision_recall": [recall[::-1].tolist(), precision[::-1].tolist()],
    }
    if min(scores) >= 0 and max(scores) <= 1:
        values["brier"] = metrics.brier_score_loss(labels, scores)
    if min(sum(labels), len(labels) - sum(labels)) >= 2:
        values["delong_variance"] = delong_variance(scores, labels)
    return values


def xoshiro128(state, count):
    """The generator with integers of any size, masked to 32 bits."""
    mask = 0xFFFFFFFF
    a, b, c, d = state
    words = []
    for _ in range(count):
        scrambled = b * 5 & mask
        words.append(((scrambled << 7 | scrambled >> 25) & mask) * 9 & mask)
        shifted = b << 9 & mask
        c, d = c ^ a, d ^ b
        b, a = b ^ c, a ^ d
        c, d = c ^ shifted, (d << 11 | d >> 21) & mask
    return words


def philox4x32(counter, key):
    a, b, c, d = counter
    low, high = key
    for _ in range(10):
        left, right = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (
            right >> 32 ^ b ^ low, right & 0xFFFFFFFF, left >> 32 ^ d ^ high, left & 0xFFFFFFFF,
        )
        low, high = (low + 0x9E3779B9) & 0xFFFFFFFF, (high + 0xBB67AE85) & 0xFFFFFFFF
    return [a, b, c, d]


def stream(seed, number):
    words = [number & 0xFFFFFFFF, number >> 32, 0, 0]
    return philox4x32(words, [seed & 0xFFFFFFFF, seed >> 32])


VERSIONS = {
    "python": sys.version.split()[0],
    "numpy": numpy.__version__,
    "scikit-learn": sklearn.__version__,
}

cases = [
    {"name": name, "scores": scores, "labels": labels, "expected": expected(scores, labels)}
    for name, scores, labels in corpus()
]
normal = statistics.NormalDist()
probabilities = [1e-300, 1e-20, 1e-6, 0.005, 0.025, 0.074, 0.075, 0.3, 0.5, 0.9, 0.975, 0.999999]
numbers = [float(value) for value in RNG.normal(size=37)]
levels = [0, 0.001, 0.025, 0.05, 0.5, 0.775, 0.975, 1]
(HERE / "metrics.json").write_text(json.dumps({
    "versions": VERSIONS,
    "cases": cases,
    "normal_quantiles": [[p, normal.inv_cdf(p)] for p in probabilities],
    "quantiles": {
        "numbers": numbers,
        "of": [[p, float(numpy.quantile(numbers, p))] for p in levels],
    },
}) + "\n")
(HERE / "random.json").write_text(json.dumps({
    "versions": VERSIONS,
    "xoshiro128": {"state": [1, 2, 3, 4], "words": xoshiro128([1, 2, 3, 4], 32)},
    "philox4x32": [
        {"counter": counter, "key": key, "words": philox4x32(counter, key)}
        for counter, key in [
            ([0, 0, 0, 0], [0, 0]),
            ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2),
            ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0]),
        ]
    ],
    "streams": [
        {"seed": seed, "stream": number, "words": xoshiro128(stream(seed, number), 8)}
        for seed, number in [(0, 0), (1, 0), (1, 1999), (2**53 - 1, 2**53 - 1), (2**32, 7)]
    ],
}) + "\n")
