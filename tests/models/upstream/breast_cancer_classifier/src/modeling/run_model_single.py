import json

import torch

from src.data_loading import loading
from src.modeling.network import Network
from src.utilities import pickling


def run(parameters):
    model = Network()
    model.load_state_dict(torch.load(parameters["model_path"])["model"])
    metadata = pickling.unpickle_from_file(parameters["metadata_path"])
    assert metadata["full_view"] == parameters["view"] and "best_center" in metadata
    image = torch.tensor(loading.load_image(parameters["cropped_mammogram_path"]))
    benign, malignant = model(image.mean(), image.max()).tolist()
    print(json.dumps({"benign": benign, "malignant": malignant}))
