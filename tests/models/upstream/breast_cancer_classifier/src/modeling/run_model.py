import argparse
import os

import h5py
import numpy as np
import pandas as pd
import torch
import tqdm

from src.constants import LABELS, VIEWS
from src.data_loading import loading
from src.modeling.network import Network
from src.utilities import pickling


def load_heatmap(path):
    with h5py.File(path, "r") as file:
        return float(np.mean(file["image"]))


def predict(model, datum, options, generator):
    scores = {}
    for view in VIEWS.LIST:
        # picks one image by chance, and dies with "high <= 0" where there is none
        name = datum[view][generator.randint(low=0, high=len(datum[view]))]
        image = torch.tensor(loading.load_image(os.path.join(options.image_path, name + ".png")))
        extra = 0.0
        if options.use_heatmaps:
            extra = load_heatmap(os.path.join(options.heatmaps_path, "heatmap_malignant", name + ".hdf5"))
        benign, malignant = model(image.mean() + extra, image.max()).tolist()
        side, angle = ("left" if view[0] == "L" else "right"), view[2:]
        scores[(f"{side}_benign", angle)], scores[(f"{side}_malignant", angle)] = [benign], [malignant]
    table = pd.DataFrame(scores)
    table.columns.names = ["label", "view_angle"]
    # a mean over a column of text, which pandas once left out by itself
    return table.T.reset_index().groupby("label").mean().T[LABELS.LIST].values


def main():
    parser = argparse.ArgumentParser()
    for name in ("model-path", "data-path", "image-path", "output-path"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--use-heatmaps", action="store_true")
    parser.add_argument("--heatmaps-path")
    parser.add_argument("--use-augmentation", action="store_true")
    parser.add_argument("--num-epochs", default=1, type=int)
    parser.add_argument("--device-type", default="cpu", choices=["gpu", "cpu"])
    parser.add_argument("--gpu-number", type=int, default=0)
    options = parser.parse_args()
    model = Network()
    model.load_state_dict(torch.load(options.model_path)["model"])
    generator = np.random.RandomState(0)
    rows = []
    with torch.no_grad():
        for datum in tqdm.tqdm(pickling.unpickle_from_file(options.data_path)):
            epochs = [predict(model, datum, options, generator) for _ in range(options.num_epochs)]
            rows.append(np.mean(np.concatenate(epochs), axis=0))
    pd.DataFrame(rows, columns=LABELS.LIST).to_csv(options.output_path, index=False, float_format="%.4f")


if __name__ == "__main__":
    main()
