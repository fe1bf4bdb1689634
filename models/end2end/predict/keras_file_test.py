"""Layers against plain loops over numpy arrays, in the order that Keras has them in: channels last."""

import os
import sys
import tempfile
import unittest

import h5py
import numpy as np
import torch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import keras_file  # noqa: E402
import keras_layers  # noqa: E402

RANDOM = np.random.default_rng(7)


def channels_first(array):
    return torch.from_numpy(np.ascontiguousarray(np.transpose(array, (0, 3, 1, 2)), np.float32))


def channels_last(tensor):
    return np.transpose(tensor.detach().numpy(), (0, 2, 3, 1))


def padded_as_tensorflow(image, kernel, stride, value):
    """SAME: as many places as strides fit, the odd pixel of padding behind."""
    sides = []
    for size, width, step in zip(image.shape[1:3], kernel, stride):
        missing = max((int(np.ceil(size / step)) - 1) * step + width - size, 0)
        sides.append((missing // 2, missing - missing // 2))
    return np.pad(image, [(0, 0), *sides, (0, 0)], constant_values=value)


def windows(image, kernel, stride):
    """Each place's window, as out-rows x out-columns x batch x kernel-rows x kernel-columns x channels."""
    rows = range(0, image.shape[1] - kernel[0] + 1, stride[0])
    columns = range(0, image.shape[2] - kernel[1] + 1, stride[1])
    return np.array(
        [[image[:, row : row + kernel[0], column : column + kernel[1]] for column in columns] for row in rows]
    )


class Layers(unittest.TestCase):
    def layer(self, kind, image, weights=(), **config):
        made = keras_layers.make_layer(kind, {"name": "one", "data_format": "channels_last", **config}, weights)
        return channels_last(made(channels_first(image)))

    def close(self, found, expected):
        self.assertEqual(found.shape, expected.shape)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)

    def test_convolution_in_both_paddings_and_with_strides(self):
        kernel, bias = RANDOM.normal(size=(3, 2, 4, 5)), RANDOM.normal(size=5)
        for size in ((7, 8), (8, 7)):
            image = RANDOM.normal(size=(2, *size, 4))
            for padding in ("same", "valid"):
                for stride in ((1, 1), (2, 2), (2, 3)):
                    given = padded_as_tensorflow(image, (3, 2), stride, 0) if padding == "same" else image
                    expected = np.einsum("xybijc,ijco->bxyo", windows(given, (3, 2), stride), kernel) + bias
                    found = self.layer(
                        "Conv2D", image, [kernel, bias], strides=list(stride), padding=padding, activation="relu"
                    )
                    self.close(found, np.maximum(expected, 0))

    def test_pooling_in_both_paddings(self):
        image = RANDOM.normal(size=(2, 7, 6, 3))
        for padding in ("same", "valid"):
            for size, stride in (((3, 3), (2, 2)), ((2, 2), (2, 2))):
                high = padded_as_tensorflow(image, size, stride, -np.inf) if padding == "same" else image
                expected = windows(high, size, stride).max(axis=(3, 4)).transpose(2, 0, 1, 3)
                config = dict(pool_size=list(size), strides=list(stride), padding=padding)
                self.close(self.layer("MaxPooling2D", image, **config), expected)
                mean = padded_as_tensorflow(image, size, stride, np.nan) if padding == "same" else image
                expected = np.nanmean(windows(mean, size, stride), axis=(3, 4)).transpose(2, 0, 1, 3)
                self.close(self.layer("AveragePooling2D", image, **config), expected)

    def test_normalisation_with_and_without_scale_and_shift(self):
        image = RANDOM.normal(size=(2, 3, 3, 4))
        gamma, beta, mean = RANDOM.normal(size=(3, 4))
        variance = RANDOM.uniform(0.5, 2, size=4)
        plain = (image - mean) / np.sqrt(variance + 1e-3)
        self.close(self.layer("BatchNormalization", image, [gamma, beta, mean, variance]), gamma * plain + beta)
        self.close(self.layer("BatchNormalization", image, [beta, mean, variance], scale=False), plain + beta)
        self.close(self.layer("BatchNormalization", image, [mean, variance], scale=False, center=False, axis=3), plain)

    def test_dense_works_on_the_last_axis(self):
        weight, bias = RANDOM.normal(size=(4, 6)), RANDOM.normal(size=6)
        image = RANDOM.normal(size=(2, 3, 3, 4))
        self.close(self.layer("Dense", image, [weight, bias], activation="linear"), image @ weight + bias)

    def test_softmax_goes_over_the_channels(self):
        image = RANDOM.normal(size=(1, 2, 2, 3))
        self.close(self.layer("Activation", image, activation="softmax").sum(axis=-1), np.ones((1, 2, 2)))

    def test_padding_and_flattening_keep_keras_order(self):
        image = RANDOM.normal(size=(1, 2, 3, 4))
        self.close(self.layer("ZeroPadding2D", image, padding=[[1, 0], [2, 3]]),
                   np.pad(image, [(0, 0), (1, 0), (2, 3), (0, 0)]))
        flat = keras_layers.make_layer("Flatten", {"name": "one"}, [])(channels_first(image))
        np.testing.assert_allclose(flat.numpy()[0], image.ravel(), rtol=1e-6)

    def test_what_is_not_known_is_refused_by_name(self):
        with self.assertRaisesRegex(ValueError, "layer one is a Lambda, which is not known here"):
            keras_layers.make_layer("Lambda", {"name": "one"}, [])
        with self.assertRaisesRegex(ValueError, "one has data_format channels_first"):
            keras_layers.make_layer("MaxPooling2D", {"name": "one", "data_format": "channels_first"}, [])
        with self.assertRaisesRegex(ValueError, "activation elu is not known"):
            keras_layers.activation("elu")


class Files(unittest.TestCase):
    def test_a_file_that_is_no_model_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "weights.h5")
            with h5py.File(path, "w") as file:
                file["x"] = 1
            with self.assertRaisesRegex(ValueError, "no whole model saved by Keras"):
                keras_file.read_network(path)
            with open(path, "w", encoding="utf-8") as file:
                file.write("<html>")
            with self.assertRaises(OSError):
                keras_file.read_network(path)

    def test_branches_that_join_again(self):
        join = [("a", keras_layers.Function(lambda value: value + 1), ["input"]),
                ("b", keras_layers.Function(lambda value: value * 2), ["input"]),
                ("sum", keras_layers.make_layer("Add", {"name": "sum"}, []), ["a", "b"])]
        network = keras_file.Network(join, "input", "sum", 1)
        self.assertEqual(network(torch.tensor([3.0])).tolist(), [10.0])


if __name__ == "__main__":
    unittest.main()
