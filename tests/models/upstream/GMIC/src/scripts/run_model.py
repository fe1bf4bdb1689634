import argparse
import os

import matplotlib.pyplot as plt  # noqa: F401
import numpy as np
import pandas as pd

from src.modeling.run_single import add_arguments, run_single, save


def main():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--model-index", default="1")
    options = parser.parse_args()
    os.makedirs(options.output_path, exist_ok=True)
    indices = [1, 2, 3, 4, 5] if options.model_index == "ensemble" else [options.model_index]
    paths = [os.path.join(options.model_path, f"sample_model_{index}.p") for index in indices]
    tables = [run_single(path, options) for path in paths]
    table = tables[0]
    if len(tables) > 1:
        numbers = table.columns[1:]
        table = pd.concat(tables).groupby("image_index").apply(
            lambda rows: pd.Series({name: np.nanmean(rows[name]) for name in numbers})
        ).reset_index()
    save(table, options)


if __name__ == "__main__":
    main()
