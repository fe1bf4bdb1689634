"""Writes the stand-ins: python3 make.py <this folder> <output>.

<output>/{GMIC,GLAM,breast_cancer_classifier} are git repositories with weights; <output>/commits.txt
has "<name> <commit>" lines; <output>/network[1].h5 is as Keras 2.0.5 saves one, <output>/tiny.caffemodel
as Caffe does. Runs in the torch base, which has all that it needs.
"""

import json
import os
import shutil
import struct
import subprocess
import sys

import h5py
import numpy as np
import torch

WEIGHTS = {
    "GMIC": [f"sample_model_{index}.p" for index in range(1, 6)],
    "GLAM": ["model_joint.ckpt", "model_sep.ckpt"],
    "breast_cancer_classifier": [
        "sample_patch_model.p",
        "sample_image_model.p",
        "sample_imageheatmaps_model.p",
        "ImageOnly__ModeImage_weights.p",
        "ImageHeatmaps__ModeImage_weights.p",
    ],
}


def save_weights(path, seed, nested):
    torch.manual_seed(seed)
    state = {"last.weight": torch.randn(2, 2), "last.bias": torch.zeros(2)}
    # as if they came from a GPU: where there is none, they only load with a place to map to
    torch.serialization.location_tag = lambda _: "cuda:0"
    torch.save({"model": state} if nested else state, path)


def git(folder, *arguments):
    identity = ["-c", "user.name=stand-in", "-c", "user.email=stand-in@localhost", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", folder, "-c", "safe.directory=*", *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def make_repository(source, target, name):
    folder = os.path.join(target, name)
    shutil.copytree(os.path.join(source, "common"), folder)
    shutil.copytree(os.path.join(source, name), folder, dirs_exist_ok=True)
    os.makedirs(os.path.join(folder, "models"))
    for seed, file in enumerate(WEIGHTS[name]):
        save_weights(os.path.join(folder, "models", file), seed, name == "breast_cancer_classifier")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "stand-in")
    return git(folder, "rev-parse", "HEAD")


def save_keras(path):
    """A convolution of stride 32, a mean over the map and a softmax over two classes."""
    random = np.random.default_rng(1)

    def layer(kind, name, takes, **config):
        return {
            "class_name": kind,
            "name": name,
            "config": {"name": name, **config},
            "inbound_nodes": [[[taken, 0, 0, {}] for taken in takes]] if takes else [],
        }

    layers = [
        layer("InputLayer", "input_1", [], batch_input_shape=[None, 1152, 896, 3]),
        layer("Conv2D", "conv", ["input_1"], filters=4, kernel_size=[3, 3], strides=[32, 32], padding="same", activation="relu",
              data_format="channels_last", dilation_rate=[1, 1], use_bias=True),
        layer("GlobalAveragePooling2D", "mean", ["conv"]),
        layer("Dense", "dense", ["mean"], units=2, activation="softmax", use_bias=True),
    ]
    graph = {"layers": layers, "input_layers": [["input_1", 0, 0]], "output_layers": [["dense", 0, 0]]}
    weights = {
        "conv": {"kernel:0": random.normal(0, 0.02, (3, 3, 3, 4)), "bias:0": np.zeros(4)},
        "dense": {"kernel:0": random.normal(0, 0.1, (4, 2)), "bias:0": np.zeros(2)},
    }
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Model", "config": graph}).encode()
        group = file.create_group("model_weights")
        for name, arrays in weights.items():
            group.create_group(name).attrs["weight_names"] = [f"{name}/{part}".encode() for part in arrays]
            for part, array in arrays.items():
                group[name][f"{name}/{part}"] = array.astype(np.float32)


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def message(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def blob(array):
    shape = message(1, b"".join(varint(dim) for dim in array.shape))
    return message(5, array.astype("<f4").tobytes()) + message(7, shape)


def save_caffe(path):
    """VGG16 Faster R-CNN with 4 channels where there are 64 to 512."""
    random = np.random.default_rng(2)
    shapes, width = {}, 3
    for block, count in enumerate((2, 2, 3, 3, 3), start=1):
        for index in range(1, count + 1):
            shapes[f"conv{block}_{index}"], width = (4, width, 3, 3), 4
    shapes.update({"rpn_conv/3x3": (4, 4, 3, 3), "rpn_cls_score": (18, 4, 1, 1), "rpn_bbox_pred": (36, 4, 1, 1)})
    shapes.update({"fc6": (8, 4 * 49), "fc7": (8, 8), "cls_score": (3, 8), "bbox_pred": (12, 8)})
    with open(path, "wb") as file:
        file.write(message(1, b"stand-in"))
        for name, shape in shapes.items():
            scale = 1e-3 if name in ("rpn_bbox_pred", "bbox_pred") else (2 / np.prod(shape[1:])) ** 0.5
            weight, bias = random.normal(0, scale, shape), np.zeros(shape[0])
            layer = message(1, name.encode()) + message(7, blob(weight)) + message(7, blob(bias))
            file.write(message(100, layer))
        # a field that is skipped, and a number of fixed length
        file.write(varint(9 << 3 | 5) + struct.pack("<f", 1.5))


def main(source, target):
    os.makedirs(target, exist_ok=True)
    commits = {name: make_repository(source, target, name) for name in WEIGHTS}
    with open(os.path.join(target, "commits.txt"), "w", encoding="utf-8") as file:
        file.writelines(f"{name} {commit}\n" for name, commit in commits.items())
    save_keras(os.path.join(target, "network[1].h5"))
    save_caffe(os.path.join(target, "tiny.caffemodel"))


if __name__ == "__main__":
    main(*sys.argv[1:])
