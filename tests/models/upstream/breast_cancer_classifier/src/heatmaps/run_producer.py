import argparse
import os

import torch
import tqdm

from src.constants import VIEWS
from src.data_loading import loading
from src.utilities import pickling, saving_images


def load_model(path):
    return torch.load(path)["model"]["last.weight"].mean()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("model-path", "data-path", "image-path", "output-heatmap-path"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--batch-size", default=100, type=int)
    parser.add_argument("--device-type", default="cpu", choices=["gpu", "cpu"])
    parser.add_argument("--gpu-number", type=int, default=0)
    options = parser.parse_args()
    weight = load_model(options.model_path)
    for kind in ("heatmap_malignant", "heatmap_benign"):
        os.makedirs(os.path.join(options.output_heatmap_path, kind), exist_ok=True)
    for exam in tqdm.tqdm(pickling.unpickle_from_file(options.data_path)):
        for view in VIEWS.LIST:
            for name in exam[view]:
                image = loading.load_image(os.path.join(options.image_path, name + ".png"))
                for kind in ("heatmap_malignant", "heatmap_benign"):
                    path = os.path.join(options.output_heatmap_path, kind, name + ".hdf5")
                    saving_images.save_image_as_hdf5(image * float(weight), path)
