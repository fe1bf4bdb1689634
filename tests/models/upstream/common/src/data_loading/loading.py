import imageio
import numpy as np

import src.data_loading.augmentations as augmentations


def flip_image(image, view, horizontal_flip):
    return np.fliplr(image) if view.startswith("R") == (horizontal_flip == "NO") else image


def normalised(image):
    return (image - image.mean()) / max(float(image.std()), 1e-5)


def load_image(image_path, view=None, horizontal_flip="NO"):
    image = np.array(imageio.imread(image_path)).astype(np.float32)
    return normalised(image) if view is None else flip_image(image, view, horizontal_flip)


def process_image(image, view, best_center):
    window, _ = augmentations.random_augmentation_best_center(
        image=image,
        input_size=(600, 300),
        random_number_generator=np.random.RandomState(0),
        best_center=best_center,
        view=view,
    )
    return normalised(window)
