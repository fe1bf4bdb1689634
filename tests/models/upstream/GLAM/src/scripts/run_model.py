import argparse
import os

import matplotlib

matplotlib.use("TkAgg")
import matplotlib.pyplot as plt  # noqa: E402, F401
import torch  # noqa: E402

from src.modeling.run_single import add_arguments, run_single, save  # noqa: E402

assert torch.__version__ == "1.1.0", "not tested for pytorch != 1.1.0"

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--model-index", default="model_joint")
    options = parser.parse_args()
    os.makedirs(options.output_path, exist_ok=True)
    save(run_single(os.path.join(options.model_path, options.model_index + ".ckpt"), options), options)
