"""Scores preprocessed images with one of the published networks."""

import argparse
import os
import sys

import cv2
import numpy as np
import torch
from tqdm import tqdm

import exams
from keras_file import read_network

# 65,535 becomes 255
RESCALE_FACTOR = 0.003891


def network_input(image, mean_pixel_intensity, channels):
    """image: height x width, or with colours behind. Returns 1 x channels x height x width, float32."""
    image = image if image.ndim == 2 else image[:, :, 0]
    grey = image.astype(np.float32) * RESCALE_FACTOR - mean_pixel_intensity
    return torch.from_numpy(grey).expand(1, channels, *grey.shape)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exams", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--predictions", required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--mean-pixel-intensity", required=True, type=float)
    parser.add_argument("--device", required=True, choices=["gpu", "cpu"])
    options = parser.parse_args()
    try:
        network = read_network(options.network)
    except (OSError, ValueError) as error:
        sys.exit(f"mammoeval: error: container_failed: {os.path.basename(options.network)}: {error}")
    network = network.to("cuda:0" if options.device == "gpu" else "cpu").eval()
    scores = []
    with torch.no_grad():
        for image, view, exam in tqdm(exams.images_of(exams.read(options.exams))):
            path = os.path.join(options.images, f"{image}.png")
            grey = cv2.imread(path, cv2.IMREAD_UNCHANGED)
            batch = network_input(grey, options.mean_pixel_intensity, network.channels)
            probabilities = network(batch.to(network.device)).cpu().numpy()
            scores.append((image, view, exam, probabilities[0, 1]))
    exams.write_scores(options.predictions, scores)


if __name__ == "__main__":
    main()
