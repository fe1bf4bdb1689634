"""Keeps the saliency maps that GMIC and GLAM compute anyway, as images of the registered images' size.

Upstream's code stays as it is: a map is taken from the network after its forward pass, and it is brought to its
place in the registered image by sending the places of pixels through upstream's own flip and crop.
"""

import os
import pickle

import cv2
import numpy as np

CLASSES = ("benign", "malignant")


class SaliencyMaps:
    """Writes <folder>/<image>_<class>.png, 8 bits, for each image that a network has seen."""

    def __init__(self, folder, images, exams):
        """images: folder of the registered images; exams: the data list after upstream's cropping."""
        self._folder = folder
        self._images = images
        self._windows = {
            image: window
            for exam in exams
            for view, windows in exam["window_location"].items()
            for image, window in zip(exam[view], windows)
        }
        self._cropped = None  # folder of cropped images
        self._image = None  # name of the image that is being scored
        self._places = None  # of each pixel that the network sees, in the cropped image

    def follow(self, loading, cropped):
        """Watches upstream's module src.data_loading.loading."""
        self._cropped = cropped
        load, augmentations = loading.load_image, loading.augmentations
        crop = augmentations.random_augmentation_best_center

        def load_image(image_path, view, horizontal_flip):
            loaded = load(image_path=image_path, view=view, horizontal_flip=horizontal_flip)
            self._image = os.path.relpath(image_path, self._cropped)[: -len(".png")]
            places = np.indices(loaded.shape, dtype=np.float32) + 1  # 0 is what is padded
            self._places = [loading.flip_image(axis, view, horizontal_flip) for axis in places]
            return loaded

        def crop_image(image, **named):
            self._places = [
                crop(image=axis, **{**named, "random_number_generator": np.random.RandomState(0)})[0]
                for axis in self._places
            ]
            return crop(image=image, **named)

        loading.load_image = load_image
        augmentations.random_augmentation_best_center = crop_image

    def keep(self, network):
        """Writes the maps of the image that a network has just seen, unless another network was before it."""
        maps = network.saliency_map.data.cpu().numpy()[0]
        for kind, values in zip(CLASSES, maps):
            path = os.path.join(self._folder, f"{self._image}_{kind}.png")
            if not os.path.exists(path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                if not cv2.imwrite(path, self._placed(values)):
                    raise OSError(f"{path} cannot be written")

    def _placed(self, values):
        """A map of values in [0, 1] as grey in the place of what the network saw, black elsewhere."""
        rows, columns = (np.rint(axis).astype(np.int64) - 1 for axis in self._places)
        wide = cv2.resize(values, (rows.shape[1], rows.shape[0]))
        top, _, left, _ = self._windows[self._image]
        original = cv2.imread(os.path.join(self._images, f"{self._image}.png"), cv2.IMREAD_UNCHANGED)
        placed = np.zeros(original.shape[:2], np.uint8)
        inside = (rows >= 0) & (columns >= 0)
        grey = np.clip(np.rint(255 * wide), 0, 255).astype(np.uint8)
        placed[rows[inside] + top, columns[inside] + left] = grey[inside]
        return placed


def keep_saliency_maps(folder, images, data_list, cropped):
    """Sets up what SaliencyMaps does for the script that is launched next.

    data_list: pickle that the script reads; cropped: the folder of images that it reads.
    """
    import torch
    from src.data_loading import loading

    with open(data_list, "rb") as file:
        maps = SaliencyMaps(folder, images, pickle.load(file))
    maps.follow(loading, cropped)

    def after_forward(module, _inputs, _output):
        # Parts of the network have run before it and have no map.
        if hasattr(module, "saliency_map"):
            maps.keep(module)

    torch.nn.modules.module.register_module_forward_hook(after_forward)
