"""Writes networks as Keras 2 saved them, reads them with end2end's own reader and runs them.

    python3 keras_files.py <folder>

<folder>/<case>.json has the graph, the weights' names and shapes by layer, and the shape of the image;
<case>.bin the weights and then the image, float32. Writes <case>.out, JSON with the network's answer.
"""

import glob
import json
import sys

import h5py
import numpy as np
import torch

import keras_file


def save(path, case, values):
    """The layout of Keras 2: a group for each layer of the outermost model, weights under their names."""
    taken = 0
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"2.0.5"
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(case["model"]).encode()
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [layer["name"].encode() for layer in case["layers"]]
        for layer in case["layers"]:
            group = weights.create_group(layer["name"])
            group.attrs["weight_names"] = np.array([weight["name"].encode() for weight in layer["weights"]])
            for weight in layer["weights"]:
                size = int(np.prod(weight["shape"]))
                group[weight["name"]] = values[taken : taken + size].reshape(weight["shape"])
                taken += size
    return taken


def main(folder):
    for path in sorted(glob.glob(f"{folder}/*.json")):
        base = path[: -len(".json")]
        with open(path, encoding="utf-8") as file:
            case = json.load(file)
        values = np.fromfile(f"{base}.bin", dtype="<f4")
        taken = save(f"{base}.h5", case, values)
        image = np.transpose(values[taken:].reshape(case["image"]), (0, 3, 1, 2))
        network = keras_file.read_network(f"{base}.h5").eval()
        with torch.no_grad():
            found = network(torch.from_numpy(np.ascontiguousarray(image)))
        with open(f"{base}.out", "w", encoding="utf-8") as file:
            json.dump({"channels": network.channels, "probabilities": found.numpy().tolist()}, file)


if __name__ == "__main__":
    main(sys.argv[1])
