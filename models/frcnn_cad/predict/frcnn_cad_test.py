"""The caffemodel's reader on bytes made here, and the network's parts against plain computations."""

import os
import struct
import sys
import tempfile
import unittest

import numpy as np
import torch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import caffemodel  # noqa: E402
import detect  # noqa: E402
import faster_rcnn  # noqa: E402


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def message(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


class Reader(unittest.TestCase):
    def read(self, content):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.caffemodel")
            with open(path, "wb") as file:
                file.write(content)
            return caffemodel.read_caffemodel(path)

    def test_layers_with_shapes_of_today(self):
        values = np.arange(300, dtype="<f4")
        blob = message(5, values.tobytes()) + message(7, message(1, varint(300) + varint(1)))
        layer = message(1, b"fc6") + message(2, b"InnerProduct") + message(7, blob)
        found = self.read(message(1, b"net") + message(100, layer) + message(100, message(1, b"relu")))
        self.assertEqual(list(found), ["fc6"])
        np.testing.assert_array_equal(found["fc6"][0], values.reshape(300, 1))

    def test_layers_of_older_files_and_numbers_one_at_a_time(self):
        blob = b"".join(varint(number << 3) + varint(dim) for number, dim in ((1, 1), (2, 1), (3, 1), (4, 2)))
        blob += b"".join(varint(5 << 3 | 5) + struct.pack("<f", value) for value in (1.5, -2))
        found = self.read(message(2, message(4, b"conv1_1") + message(6, blob)))
        np.testing.assert_array_equal(found["conv1_1"][0], np.array([[[[1.5, -2]]]], np.float32))

    def test_doubles_become_floats(self):
        blob = message(8, struct.pack("<d", 0.5)) + message(7, varint(1 << 3) + varint(1))
        self.assertEqual(self.read(message(100, message(1, b"a") + message(7, blob)))["a"][0].tolist(), [0.5])

    def test_what_is_broken_is_refused(self):
        short = message(100, message(1, b"a") + message(7, message(5, b"\0" * 4) + message(7, message(1, varint(2)))))
        for content, reason in (
            (varint(100 << 3 | 2) + varint(50) + b"\0", "ends inside a field"),
            (b"\xff" * 11, "longer than 64 bits"),
            (b"\xff", "ends inside a number"),
            (varint(1 << 3 | 3), "wire type 3"),
            (short, "holds 1 numbers"),
        ):
            with self.assertRaisesRegex(ValueError, reason):
                self.read(content)


class Network(unittest.TestCase):
    def test_anchors_are_those_of_py_faster_rcnn(self):
        # the table in the comment of its generate_anchors.py
        self.assertEqual(
            faster_rcnn.anchors().tolist(),
            [[-84, -40, 99, 55], [-176, -88, 191, 103], [-360, -184, 375, 199],
             [-56, -56, 71, 71], [-120, -120, 135, 135], [-248, -248, 263, 263],
             [-36, -80, 51, 95], [-80, -168, 95, 183], [-168, -344, 183, 359]],
        )

    def test_anchors_move_over_the_map_row_by_row(self):
        found = faster_rcnn.anchors_over(2, 3)
        self.assertEqual(found.shape, (54, 4))
        self.assertEqual((found[9] - found[0]).tolist(), [16, 0, 16, 0])
        self.assertEqual((found[27] - found[0]).tolist(), [0, 16, 0, 16])

    def test_corrections_of_zero_keep_a_box_up_to_its_last_pixel(self):
        box = torch.tensor([[10.0, 20.0, 29.0, 59.0]])
        self.assertEqual(faster_rcnn.moved(box, torch.zeros(1, 4)).tolist(), [[10, 20, 30, 60]])
        shifted = faster_rcnn.moved(box, torch.tensor([[0.5, 0, np.log(2), 0]], dtype=torch.float32))
        np.testing.assert_allclose(shifted.numpy(), [[10, 20, 50, 60]], rtol=1e-5)

    def test_boxes_are_cut_to_the_image(self):
        found = faster_rcnn.clipped(torch.tensor([[-5.0, -5.0, 200.0, 50.0]]), height=40, width=100)
        self.assertEqual(found.tolist(), [[0, 0, 99, 39]])

    def test_the_input_is_scaled_by_its_sides(self):
        batch, scale = faster_rcnn.network_input(np.full((500, 400), 7, np.uint16))
        self.assertEqual((tuple(batch.shape), scale), ((1, 3, 2100, 1680), 4.2))
        np.testing.assert_allclose(batch[0, :, 0, 0], 255 - np.array(faster_rcnn.PIXEL_MEANS), rtol=1e-5)
        batch, scale = faster_rcnn.network_input(np.zeros((420, 400), np.uint16))
        self.assertEqual((tuple(batch.shape), scale), ((1, 3, 1785, 1700), 4.25))

    def test_proposals_are_few_apart_and_best_first(self):
        torch.manual_seed(1)
        foreground = torch.rand(9, 20, 20)
        found = faster_rcnn.propose(foreground, torch.zeros(36, 20, 20), 320, 320, 1.0)
        self.assertLessEqual(len(found), faster_rcnn.PROPOSALS_AFTER_NMS)
        for index in range(1, len(found)):
            self.assertLess(max(overlap(found[index], other) for other in found[:index]), 0.7 + 1e-6)

    def test_lesions_are_apart_and_end_behind_their_last_pixel(self):
        boxes = torch.tensor([[0.0, 0, 9, 9], [1, 1, 10, 10], [50, 50, 99, 59]])
        found = faster_rcnn.lesions_of(torch.tensor([0.25, 0.75, 0.5]), boxes)
        self.assertEqual(found.tolist(), [[1, 1, 11, 11, 0.75], [50, 50, 100, 60, 0.5]])

    def test_lesions_are_written_as_they_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "lesions.csv")
            detect.write_lesions(path, [("a,b", np.array([[1, 2.5, 3, 4, 0.1]])), ("c", np.zeros((0, 5)))])
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), 'image_index,x0,y0,x1,y1,score\n"a,b",1.0,2.5,3.0,4.0,0.1\n')

    def test_missing_weights_are_named(self):
        with self.assertRaisesRegex(ValueError, "no weight and bias for layer conv1_1"):
            faster_rcnn.FasterRcnn({})


def overlap(one, other):
    """Intersection over union, the last pixel inside."""
    low, high = torch.maximum(one[:2], other[:2]), torch.minimum(one[2:], other[2:])
    inside = (high - low + 1).clamp(min=0).prod()
    area = (one[2:] - one[:2] + 1).prod() + (other[2:] - other[:2] + 1).prod()
    return float(inside / (area - inside))


if __name__ == "__main__":
    unittest.main()
