"""Scores each image by itself with the upstream's functions for single images.

Run by the launcher from the root of the checkout; `run` prints its scores, so they are read from there.
"""

import argparse
import contextlib
import io
import json
import os
import tempfile

from tqdm import tqdm

import exams
from src.cropping.crop_single import crop_single_mammogram
from src.heatmaps.run_producer_single import produce_heatmaps
from src.modeling.run_model_single import run
from src.optimal_centers.get_optimal_center_single import get_optimal_center_single


def scores_of(parameters):
    """Benign and malignant score of one image, each in [0, 1]."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        returned = run(parameters)
    return returned or json.loads(said.getvalue().strip().splitlines()[-1])


def score_image(path, view, horizontal_flip, scratch, options):
    """Malignant score of one image; scratch is a folder that holds nothing else."""
    cropped = os.path.join(scratch, "cropped.png")
    metadata = os.path.join(scratch, "metadata.pkl")
    malignant = os.path.join(scratch, "malignant.hdf5") if options.use_heatmaps else None
    benign = os.path.join(scratch, "benign.hdf5") if options.use_heatmaps else None
    crop_single_mammogram(
        mammogram_path=path,
        horizontal_flip=horizontal_flip,
        view=view,
        cropped_mammogram_path=cropped,
        metadata_path=metadata,
        num_iterations=100,
        buffer_size=50,
    )
    get_optimal_center_single(cropped_mammogram_path=cropped, metadata_path=metadata)
    common = dict(device_type=options.device, gpu_number=0, seed=0)
    common.update(cropped_mammogram_path=cropped, metadata_path=metadata)
    common.update(heatmap_path_malignant=malignant, heatmap_path_benign=benign)
    if options.use_heatmaps:
        produce_heatmaps(
            dict(
                common,
                patch_size=256,
                stride_fixed=70,
                more_patches=5,
                minibatch_size=options.heatmap_batch_size,
                initial_parameters="models/sample_patch_model.p",
                input_channels=3,
                number_of_classes=4,
                heatmap_type=[0, 1],
                use_hdf5=False,
            )
        )
    weights = "ImageHeatmaps" if options.use_heatmaps else "ImageOnly"
    scores = scores_of(
        dict(
            common,
            view=view,
            model_path=f"models/{weights}__ModeImage_weights.p",
            max_crop_noise=(100, 100),
            max_crop_size_noise=100,
            batch_size=1,
            augmentation=True,
            num_epochs=options.num_epochs,
            use_heatmaps=options.use_heatmaps,
            use_hdf5=False,
        )
    )
    return scores["malignant"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exams", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--predictions", required=True)
    parser.add_argument("--device", required=True, choices=["gpu", "cpu"])
    parser.add_argument("--num-epochs", required=True, type=int)
    parser.add_argument("--heatmap-batch-size", required=True, type=int)
    parser.add_argument("--use-heatmaps", required=True, type="True".__eq__)
    options = parser.parse_args()
    scores, failed = [], []
    for image, view, exam in tqdm(exams.images_of(exams.read(options.exams))):
        path = os.path.join(options.images, f"{image}.png")
        with tempfile.TemporaryDirectory() as scratch:
            try:
                score = score_image(path, view, exam["horizontal_flip"], scratch, options)
            except (TypeError, ValueError, IndexError, AssertionError, OSError) as error:
                # Upstream gives back None for an image that it cannot crop, and stumbles over that.
                failed.append((image, f"{type(error).__name__}: {error}"))
                continue
        scores.append((image, view, exam, score))
    if failed:
        exams.refuse_images("score", failed)
    exams.write_scores(options.predictions, scores)


if __name__ == "__main__":
    main()
