"""Maps in the place of what the network saw, on a loading module as upstream's."""

import os
import tempfile
import types
import unittest

import cv2
import numpy as np

from saliency import SaliencyMaps


def loading_module(cropped):
    """Flips right views, and takes the rows from the second on with two columns of padding behind."""

    def crop(image, random_number_generator=None):
        return np.pad(image[1:], ((0, 0), (0, 2))), None

    loading = types.SimpleNamespace()
    loading.flip_image = lambda image, view, _: np.fliplr(image) if view.startswith("R") else image
    loading.load_image = lambda image_path, view, horizontal_flip: loading.flip_image(cropped, view, horizontal_flip)
    loading.augmentations = types.SimpleNamespace(random_augmentation_best_center=crop)
    return loading


class Maps(unittest.TestCase):
    def maps_of(self, view):
        """Of an image of 6 x 8 whose rows 2 to 4 and columns 3 to 6 were cropped."""
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(f"{folder}/images/sub")
            cv2.imwrite(f"{folder}/images/sub/a.png", np.ones((6, 8), np.uint16))
            exam = {view: ["sub/a"], "window_location": {view: [(2, 5, 3, 7)]}}
            maps = SaliencyMaps(f"{folder}/maps", f"{folder}/images", [exam])
            loading = loading_module(np.ones((3, 4), np.float32))
            maps.follow(loading, f"{folder}/cropped")
            loaded = loading.load_image(image_path=f"{folder}/cropped/sub/a.png", view=view, horizontal_flip="NO")
            seen, _ = loading.augmentations.random_augmentation_best_center(image=loaded, random_number_generator=None)
            self.assertEqual(seen.shape, (2, 6))
            values = np.arange(12, dtype=np.float32).reshape(1, 2, 6) / 255
            data = types.SimpleNamespace(cpu=lambda: types.SimpleNamespace(numpy=lambda: [np.repeat(values, 2, axis=0)]))
            maps.keep(types.SimpleNamespace(saliency_map=types.SimpleNamespace(data=data)))
            names = sorted(os.listdir(f"{folder}/maps/sub"))
            self.assertEqual(names, ["a_benign.png", "a_malignant.png"])
            return cv2.imread(f"{folder}/maps/sub/a_malignant.png", cv2.IMREAD_UNCHANGED)

    def test_what_the_network_saw_is_put_where_it_was(self):
        expected = np.zeros((6, 8), np.uint8)
        expected[3:5, 3:7] = [[0, 1, 2, 3], [6, 7, 8, 9]]
        np.testing.assert_array_equal(self.maps_of("L-CC"), expected)

    def test_flipped_views_are_flipped_back(self):
        expected = np.zeros((6, 8), np.uint8)
        expected[3:5, 3:7] = [[3, 2, 1, 0], [9, 8, 7, 6]]
        np.testing.assert_array_equal(self.maps_of("R-MLO"), expected)


if __name__ == "__main__":
    unittest.main()
