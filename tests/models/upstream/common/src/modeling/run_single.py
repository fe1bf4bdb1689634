import os

import pandas as pd
import torch
import tqdm

from src.constants import VIEWS
from src.data_loading import loading
from src.modeling.network import Network
from src.utilities import pickling, tools


def run_single(path, options):
    """Predictions of one network for the first image of each view, which must be there."""
    device = "cuda:0" if options.device_type == "gpu" and torch.has_cudnn else "cpu"
    model = Network()
    model.load_state_dict(torch.load(path), strict=False)
    model.to(device).eval()
    rows = []
    with torch.no_grad():
        for datum in tqdm.tqdm(pickling.unpickle_from_file(options.data_path)):
            for view in VIEWS.LIST:
                name = datum[view][0]
                loaded = loading.load_image(
                    image_path=os.path.join(options.image_path, name + ".png"),
                    view=view,
                    horizontal_flip=datum["horizontal_flip"],
                )
                image = torch.tensor(loading.process_image(loaded, view, datum["best_center"][view][0]))
                brightest = tools.look_at(image, *tools.brightest_place(image))
                benign, malignant = model(image.mean(), brightest, image).tolist()
                side = "left" if view.startswith("L") else "right"
                labels = [datum["cancer_label"][f"{side}_{kind}"] for kind in ("benign", "malignant")]
                rows.append([name, benign, malignant, *labels])
    columns = ["image_index", "benign_pred", "malignant_pred", "benign_label", "malignant_label"]
    return pd.DataFrame(rows, columns=columns)


def add_arguments(parser):
    for name in ("model-path", "data-path", "image-path", "segmentation-path", "output-path"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--device-type", default="cpu", choices=["gpu", "cpu"])
    parser.add_argument("--gpu-number", type=int, default=0)


def save(table, options):
    table.to_csv(os.path.join(options.output_path, "predictions.csv"), index=False, float_format="%.4f")
